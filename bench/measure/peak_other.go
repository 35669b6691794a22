//go:build !linux

package main

import "syscall"

// peakBytes reads the largest resident size; other systems count it in bytes.
func peakBytes(usage *syscall.Rusage) int64 { return usage.Maxrss }
