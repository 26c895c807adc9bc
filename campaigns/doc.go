// Package campaigns rings people, within the rules, and can say of each why they were rung or were not. Campaigns is its
// main type: the campaigns, the people in them, every attempt with what allowed it, and the dialer. DoNotCall is the lists of
// who must not be called, and Check tries a campaign out without a call and without a write.
//
// Rows in SQL are the truth; the queue in Redis only spreads the work of a second, and the pace (campaigns/pace) only says
// when. A person is claimed, with the number of the attempt and the rules' decision on what is known at that moment, in
// one transaction, before Twilio is asked for a call; so a process may be killed anywhere. Whoever finds an attempt of
// which nobody knows whether there is a call asks Twilio, and only when Twilio surely knows of none is the person rung again,
// as another attempt.
//
// What decides is pure: the rules (campaigns/rules), how a call came out (outcome.go), when a campaign stops by itself
// (safety.go). The package must not know how a flow runs, what a webhook looks like, or how a page shows a campaign: the
// calls' arrivals and ends are told to it.
package campaigns
