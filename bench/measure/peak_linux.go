package main

import "syscall"

// peakBytes reads the largest resident size; Linux counts it in kilobytes.
func peakBytes(usage *syscall.Rusage) int64 { return usage.Maxrss * 1024 }
