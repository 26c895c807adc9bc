// Package crowd decides who is at the other end of a number that is rung, and what they do: people who pay, whose card
// is declined, who want no more calls, who hang up or say nothing, and machines. Crowd is its main type, a seed and
// weights; of it People is made, and of these a Person for each call, who hears what is said and answers questions with
// keys.
//
// It is pure: what a number does follows from the seed, the number and how often it was rung before, and from nothing
// else, so that neither the order of calls nor chance changes a run. It must not know calls, clocks or TwiML: a person
// works from what is heard, as people do.
package crowd
