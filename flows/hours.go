package flows

import "time"

// OpeningHours says when a line or a team is open, on the project's clock.
type OpeningHours struct {
	At     Span
	Name   string
	Weekly [7][]OpenSpan // by time.Weekday
	Closed []string      // dates as 2006-01-02: closed all day, told apart as a holiday
}

// OpenSpan is one stretch of a day, in minutes after midnight; To is exclusive.
type OpenSpan struct{ From, To int }

// StatusAt tells how a moment stands: "open", "closed" or "holiday".
func (h *OpeningHours) StatusAt(t time.Time) string {
	day := t.Format("2006-01-02")
	for _, c := range h.Closed {
		if c == day {
			return "holiday"
		}
	}
	minute := t.Hour()*60 + t.Minute()
	for _, s := range h.Weekly[t.Weekday()] {
		if minute >= s.From && minute < s.To {
			return "open"
		}
	}
	return "closed"
}
