package backoffice

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

const (
	// keptPayments bounds the book: a demo that runs for weeks must not grow.
	keptPayments = 1000
	// largestBody is far above what a payment needs.
	largestBody = 16 << 10
	// longestKey is what common services allow for an Idempotency-Key.
	longestKey = 255
)

// Payment is one recorded payment, as it is answered.
type Payment struct {
	Receipt    string          `json:"receipt"`
	RecordedAt time.Time       `json:"recorded_at"`
	Payment    json.RawMessage `json:"payment"` // as it was sent
	key        string
}

// book remembers payments by their Idempotency-Key, the newest keptPayments of them.
type book struct {
	mu     sync.Mutex
	number int
	byKey  map[string]*Payment
	order  []*Payment
}

func newBook() *book { return &book{byKey: map[string]*Payment{}} }

// record enters a payment, or finds the one that was entered under the same key before.
func (b *book) record(key string, body []byte, now time.Time) (p Payment, replayed bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if known := b.byKey[key]; known != nil {
		return *known, true
	}
	b.number++
	entry := &Payment{Receipt: fmt.Sprintf("R%06d", b.number), RecordedAt: now.UTC(), Payment: body, key: key}
	b.byKey[key] = entry
	b.order = append(b.order, entry)
	if len(b.order) > keptPayments {
		delete(b.byKey, b.order[0].key)
		b.order = b.order[1:]
	}
	return *entry, false
}

func (b *book) all() []Payment {
	b.mu.Lock()
	defer b.mu.Unlock()
	list := make([]Payment, 0, len(b.order))
	for _, p := range b.order {
		list = append(list, *p)
	}
	return list
}

// payment records a payment once per Idempotency-Key: the same request again gets the first answer, another
// payment under a used key is refused.
func (o *Office) payment(w http.ResponseWriter, r *http.Request) {
	key := r.Header.Get("Idempotency-Key")
	if key == "" || len(key) > longestKey {
		refuse(w, http.StatusBadRequest, "send an Idempotency-Key of 1 to 255 characters")
		return
	}
	body, err := readObject(http.MaxBytesReader(w, r.Body, largestBody))
	if err != nil {
		refuse(w, http.StatusBadRequest, "send one JSON object of at most 16 KiB")
		return
	}
	recorded, replayed := o.book.record(key, body, o.now())
	switch {
	case !replayed:
		answer(w, http.StatusCreated, recorded)
	case bytes.Equal(recorded.Payment, body):
		w.Header().Set("Idempotent-Replayed", "true")
		answer(w, http.StatusOK, recorded)
	default:
		refuse(w, http.StatusConflict, "this Idempotency-Key was used for another payment")
	}
}

// payments lists what was recorded, oldest first.
func (o *Office) payments(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, o.book.all())
}

// readObject reads one JSON object and writes it in one fixed form, so that equal payments are equal bytes.
func readObject(r io.Reader) ([]byte, error) {
	d := json.NewDecoder(r)
	d.UseNumber()
	var fields map[string]any
	if err := d.Decode(&fields); err != nil {
		return nil, fmt.Errorf("read payment: %w", err)
	}
	if fields == nil {
		return nil, fmt.Errorf("read payment: null is not an object")
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("read payment: more than one value")
	}
	return json.Marshal(fields)
}
