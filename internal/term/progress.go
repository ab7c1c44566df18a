package term

import (
	"fmt"
	"io"
	"sync"
)

// Progress returns a function that shows how far the work is: one line on
// stderr, rewritten when the percentage changes, and nothing where stderr is
// not a terminal that can rewrite a line. The function may be called from any goroutine.
func (t *Terminal) Progress(label string) func(done, total int) {
	if !isTerminal(t.stderr) || t.Plain {
		return func(int, int) {}
	}
	var mu sync.Mutex
	shown, ended := -1, false
	return func(done, total int) {
		mu.Lock()
		defer mu.Unlock()
		if ended || total <= 0 || done < 0 || done > total {
			return
		}
		percent := int(int64(done) * 100 / int64(total))
		if percent <= shown {
			return
		}
		shown, ended = percent, done == total
		t.progress(fmt.Sprintf("\r\x1b[K%s: %d of %d (%d%%)", Safe(label), done, total, percent), ended)
	}
}

func (t *Terminal) progress(line string, last bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.active != nil && t.active.live {
		return // a prompt has the terminal
	}
	_, _ = io.WriteString(t.stderr, line)
	t.midline = !last
	if last {
		_, _ = io.WriteString(t.stderr, "\n")
	}
}
