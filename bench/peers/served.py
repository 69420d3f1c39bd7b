"""How the peers are served, and the bare endpoint that all is compared with: gunicorn as it comes, one process."""

worker_class = "sync"
workers = 1
loglevel = "error"
control_socket_disable = True
