package console

import (
	"time"

	"github.com/paydial/paydial/campaigns"
)

// How a chart is drawn, in its own units.
const (
	chartMinutes = 30
	chartStep    = 10
	chartWidth   = chartMinutes * chartStep
	chartHeight  = 80
)

// chart is what happened in each of the last minutes, against a limit.
type chart struct {
	Width, Height int
	Bars          []bar
	Limit         int
	LimitY        int
	Now           int // in the last whole minute, or in this one where nothing is before it
	Most          int
}

// bar is one minute of a chart.
type bar struct {
	At                  time.Time
	X, Y, Width, Height int
	Value               int
	Over                bool // more than the limit
	Open                bool // the minute is not over
}

// chartOf draws the last half hour. Minutes that say nothing had nothing.
func chartOf(minutes []campaigns.Minute, now time.Time, limit int, value func(campaigns.Minute) int) chart {
	c := chart{Width: chartWidth, Height: chartHeight, Limit: limit}
	last := now.Truncate(time.Minute)
	values := [chartMinutes]int{}
	for _, m := range minutes {
		i := chartMinutes - 1 - int(last.Sub(m.At.Truncate(time.Minute))/time.Minute)
		if i >= 0 && i < chartMinutes {
			values[i] = value(m)
			c.Most = max(c.Most, values[i])
		}
	}
	c.Now = values[chartMinutes-1]
	top := max(limit, c.Most, 1)
	scale := func(v int) int { return v * (chartHeight - 6) / top } // room for the limit's line above the highest bar
	c.LimitY = chartHeight - scale(limit)
	for i, v := range values {
		h := scale(v)
		if v > 0 {
			h = max(h, 2)
		}
		c.Bars = append(c.Bars, bar{At: last.Add(time.Duration(i-chartMinutes+1) * time.Minute), X: i*chartStep + 1, Y: chartHeight - h,
			Width: chartStep - 2, Height: h, Value: v, Over: limit > 0 && v > limit, Open: i == chartMinutes-1})
	}
	return c
}
