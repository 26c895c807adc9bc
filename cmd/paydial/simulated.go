//go:build !nosimulator

package main

import "github.com/spf13/cobra"

// simulatedCommands are the commands that bring or need the simulator.
func simulatedCommands(s streams) []*cobra.Command {
	return []*cobra.Command{devCommand(s), callCommand(s), cardsCommand(s), simulatorCommand(s)}
}

// simulatedTopics are help on the simulator.
func simulatedTopics() []*cobra.Command { return []*cobra.Command{connectorsTopic(), crowdTopic()} }
