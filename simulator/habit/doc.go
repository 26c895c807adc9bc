// Package habit plans how a caller of a certain kind answers what an agent asks for: which keys they press, how fast,
// and where they stumble. With it an agent can practise alone. Habit is its main type; its Plan is what one question
// comes to.
//
// It is pure: it knows no call, no clock and no session, presses nothing, and the same question always gets the same
// answer. It must not know what becomes of the keys.
package habit
