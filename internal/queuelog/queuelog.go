// Package queuelog hands the words of a queue, asynq's, to a log of ours. Logger is its main type.
//
// It must not know what is queued.
package queuelog

import (
	"fmt"
	"log/slog"
)

// Logger is what asynq asks of a logger.
type Logger struct {
	Log  *slog.Logger
	Name string // whose queue it is: "recordings"
}

// Debug says what is of use to those who look into the queue.
func (l Logger) Debug(args ...any) { l.Log.Debug(l.text(args)) }

// Info says what happens.
func (l Logger) Info(args ...any) { l.Log.Info(l.text(args)) }

// Warn says what may be wrong.
func (l Logger) Warn(args ...any) { l.Log.Warn(l.text(args)) }

// Error says what is wrong.
func (l Logger) Error(args ...any) { l.Log.Error(l.text(args)) }

// Fatal does not end the program, as asynq would have it: that is not for a library to decide.
func (l Logger) Fatal(args ...any) { l.Error(args...) }

func (l Logger) text(args []any) string { return l.Name + ": queue: " + fmt.Sprint(args...) }
