package main

import "github.com/spf13/cobra"

func recordingsCommand(streams) *cobra.Command { return &cobra.Command{Use: "recordings"} }
