package main

import (
	"fmt"
	"time"

	"github.com/schollz/progressbar/v3"
)

// sayEvery is how often long work says how far it is where there is no terminal.
const sayEvery = 10 * time.Second

// meter shows how far long work is, on stderr: a bar on a terminal, else a line now and then.
type meter struct {
	s     streams
	bar   *progressbar.ProgressBar // nil: none was begun, or there is no terminal
	draws bool
	what  string
	last  time.Time
}

// newMeter begins with nothing shown.
func newMeter(s streams) *meter {
	term, _ := s.env("TERM")
	return &meter{s: s, draws: isTerminal(s.err) && term != "dumb", last: time.Now()}
}

// at says how far it is: so much of total of what is being done, in bytes or in things. A total of 0 is not known.
func (p *meter) at(what string, done, total int64, inBytes bool) {
	if !p.draws {
		p.say(what, done, total, inBytes)
		return
	}
	if p.bar == nil || p.what != what {
		p.end()
		p.what = what
		p.bar = p.newBar(total, inBytes)
	}
	if total > 0 {
		p.bar.ChangeMax64(max(total, 1))
	}
	_ = p.bar.Set64(done) // a terminal that cannot be written to shows nothing
}

// newBar is a bar in the terminal's own colour.
func (p *meter) newBar(total int64, inBytes bool) *progressbar.ProgressBar {
	if total <= 0 {
		total = -1
	}
	options := []progressbar.Option{
		progressbar.OptionSetWriter(p.s.err), progressbar.OptionSetDescription(p.what), progressbar.OptionSetWidth(24),
		progressbar.OptionThrottle(100 * time.Millisecond), progressbar.OptionClearOnFinish(), progressbar.OptionEnableColorCodes(false),
		progressbar.OptionSetPredictTime(true),
	}
	if inBytes {
		options = append(options, progressbar.OptionShowBytes(true))
	} else {
		options = append(options, progressbar.OptionShowCount())
	}
	return progressbar.NewOptions64(total, options...)
}

// say tells it in a line, unless one was told just now.
func (p *meter) say(what string, done, total int64, inBytes bool) {
	now := time.Now()
	if now.Sub(p.last) < sayEvery {
		return
	}
	p.last = now
	text, of := fmt.Sprint(done), fmt.Sprint(total)
	if inBytes {
		text, of = bytesWords(done), bytesWords(total)
	}
	if total > 0 {
		text += " of " + of
	}
	fmt.Fprintf(p.s.err, "%s: %s\n", what, text)
}

// end takes the bar away, so that what is printed next stands alone.
func (p *meter) end() {
	if p.bar != nil {
		_ = p.bar.Clear()
		p.bar = nil
	}
}
