"""Starting, watching and stopping every process of one Backbeat on one machine."""
