package campaigns

import (
	"context"
	"io"

	"github.com/paydial/paydial/flows"
)

type plan struct{}
type cachedStatus struct{}

// CreateRequest is a new campaign.
type CreateRequest struct {
	File      flows.File
	Contacts  io.Reader
	ListFiles func(path string) (io.ReadCloser, error)
	Act       Act
	Progress  func(rows int64)
}

func (c *Campaigns) Create(ctx context.Context, r CreateRequest) (*Campaign, *Report, error) {
	return &Campaign{}, &Report{}, nil
}
func (c *Campaigns) Start(ctx context.Context, name string, o StartOptions, act Act) error {
	return nil
}
func (c *Campaigns) Pause(ctx context.Context, name string, act Act) error               { return nil }
func (c *Campaigns) Resume(ctx context.Context, name string, act Act) error              { return nil }
func (c *Campaigns) Slow(ctx context.Context, name string, perMinute int, act Act) error { return nil }
func (c *Campaigns) Stop(ctx context.Context, name string, act Act) error                { return nil }
func (c *Campaigns) StopAll(ctx context.Context, act Act) ([]string, error)              { return nil, nil }
func (c *Campaigns) List(ctx context.Context) ([]Campaign, error)                        { return nil, nil }
func (c *Campaigns) Get(ctx context.Context, name string) (Campaign, error)              { return Campaign{}, nil }
func (c *Campaigns) Status(ctx context.Context, name string) (Status, error)             { return Status{}, nil }
func (c *Campaigns) People(ctx context.Context, name string, q PeopleQuery) (PeoplePage, error) {
	return PeoplePage{}, nil
}
func (c *Campaigns) Person(ctx context.Context, name, idOrPhone string) (Person, error) {
	return Person{}, nil
}
func (c *Campaigns) Why(ctx context.Context, name, idOrPhone string) (Why, error) { return Why{}, nil }
func (c *Campaigns) Skip(ctx context.Context, name, id string, act Act) error     { return nil }
func (c *Campaigns) MarkPaid(ctx context.Context, name, id string, act Act) error { return nil }
func (c *Campaigns) Forget(ctx context.Context, name, id string, act Act) error   { return nil }
func (c *Campaigns) Export(ctx context.Context, name, what, format string, w io.Writer) error {
	return nil
}
func (c *Campaigns) Attempts(ctx context.Context, name, after string, limit int) (AttemptPage, error) {
	return AttemptPage{}, nil
}
func (c *Campaigns) Changes(ctx context.Context, name string) ([]Change, error) { return nil, nil }
func (c *Campaigns) Arrive(ctx context.Context, ref Ref, callSID, answeredBy string) (Arrival, error) {
	return Arrival{}, nil
}
func (c *Campaigns) Ended(ctx context.Context, ref Ref, end CallEnd) error { return nil }
func (c *Campaigns) Work(ctx context.Context) error                        { return nil }
