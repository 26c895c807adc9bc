package twiml

import (
	"encoding/json"
	"math"
	"unicode/utf8"
)

// Redirect goes on with another document. Verbs after it are never reached.
type Redirect struct {
	Method Method
	URL    string
}

// Hangup ends the call.
type Hangup struct{}

// Reject refuses the call before it is answered, unbilled. Reason is rejected (default) or busy.
type Reject struct{ Reason string }

// Leave leaves the queue the call waits in.
type Leave struct{}

// Enqueue puts the call into a queue, with music or WaitURL meanwhile.
type Enqueue struct {
	Action        string
	Method        Method
	WaitURL       string
	WaitURLMethod Method
	MaxQueueSize  int // up to 5000; default 1000
	WorkflowSID   string
	Name          string // at most 64 characters; not with WorkflowSID
	Task          *Task  // with WorkflowSID
}

// Task is what a TaskRouter workflow is told of the call. Attributes is JSON.
type Task struct {
	Priority   int
	Timeout    int
	Attributes string
}

func (*Redirect) verb() {}
func (*Hangup) verb()   {}
func (*Reject) verb()   {}
func (*Leave) verb()    {}
func (*Enqueue) verb()  {}

func (r *Redirect) write(w *writer) {
	w.begin("Redirect")
	w.method("method", r.Method)
	w.url("Redirect", r.URL)
}

func (*Hangup) write(w *writer) {
	w.begin("Hangup")
	w.end("Hangup")
}

func (r *Reject) write(w *writer) {
	w.begin("Reject")
	w.enum("reason", r.Reason, "rejected|busy")
	w.end("Reject")
}

func (*Leave) write(w *writer) {
	w.begin("Leave")
	w.end("Leave")
}

func (e *Enqueue) write(w *writer) {
	w.begin("Enqueue")
	w.address("action", e.Action)
	w.method("method", e.Method)
	w.address("waitUrl", e.WaitURL)
	w.method("waitUrlMethod", e.WaitURLMethod)
	w.integer("maxQueueSize", e.MaxQueueSize, 1, 5000)
	w.str("workflowSid", e.WorkflowSID)
	switch {
	case (e.Name == "") == (e.WorkflowSID == ""):
		w.failf("Enqueue", "", "needs either Name or WorkflowSID")
	case e.Task != nil && e.WorkflowSID == "":
		w.failf("Enqueue", "", "a Task is allowed with WorkflowSID only")
	case utf8.RuneCountInString(e.Name) > 64:
		w.failf("Enqueue", "", "the queue name %s is too long; at most 64 characters are allowed", quote(e.Name))
	}
	w.text(e.Name)
	if e.Task != nil {
		e.Task.write(w)
	}
	w.end("Enqueue")
}

func (t *Task) write(w *writer) {
	w.begin("Task")
	w.integer("priority", t.Priority, 0, math.MaxInt32)
	w.integer("timeout", t.Timeout, 0, math.MaxInt32)
	if !json.Valid([]byte(t.Attributes)) {
		w.failf("Task", "", "%s is not allowed; allowed: JSON", quote(t.Attributes))
	}
	w.content("Task", t.Attributes)
}
