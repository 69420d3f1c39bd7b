"""A preparation that ends as it is told to. `prepare.py EXIT_CODE`"""

import sys

print(f"preparation ends with {sys.argv[1]}")
sys.exit(int(sys.argv[1]))
