// Package parallel does the same for many things on as many threads as there may be.
package parallel

import "sync"

// Each calls do for 0 to n-1 from jobs goroutines, one at least, and returns when all are done. In which order is not said.
func Each(jobs, n int, do func(i int)) {
	next := make(chan int)
	var wg sync.WaitGroup
	for range max(1, jobs) {
		wg.Go(func() {
			for i := range next {
				do(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
}
