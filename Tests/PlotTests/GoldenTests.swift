import Plot
import Testing

/// Whole drawings, line by line: what changes here changes for everybody who looks at one.
@Suite struct GoldenTests {
    @Test func `a chart in braille`() {
        let lines = TerminalPlot(width: 70, height: 24, color: false, unicode: true).lines(Samples.full)
        #expect(
            lines.joined(separator: "\n") == """
                Room 4
                       14:05 reported
                          restart
                Temperature (°C)  ● supply  ▲ return  ⢕ min to max
                    35┤     ┊┊                   ░░░░░░░░
                      │     ┊┊                   ░░░░░░░░
                      │     ┊┊     ●             ░░░░░░░░
                    30┤     ┊┊     ⢸             ░░░░░░░░
                      │     ┊┊     ⡜⡆            ░░░░░░░░
                      │     ┊┊     ⡇⡇            ░░░░░░░░
                    25┤⢕⢕⢕⢕⢕⢕⢕⢕⢕⢕⢕⢕⡇⡇            ░░░░░░░░
                      │⠒⠒⠒⠒⠒⠒▲⠤⠤⠤⠤⠤⡧⢧⠤⢄⣀⣀▲⣀⣀⣀⣀⣀⢕⢕░⢕░⢕░⢕░⢕⢕⢕⢕⢕⢕⢕⢕⢕⢕⢕⢕
                      │   ⢕⢕⢕⢕⣀⣀⢄⢕⢸⢕⢸⢕⢕⢕⢀⣀⡠⡀⢕⢕⢕⠉⠁░⠁⡀⡁⠄▲░⠐⠒⠒⠒⠒⢢⣤⡤⡤▲⠤⠤⠤⠤⣀⣀⣀⣀⣄⣀⣀▲⡀⢕⢕⢕⢀●●
                    20┤●⠤⠤⠒⠒⠉⠉  ⠈⢆⡸ ⠘⠒⠊⠉⠁  ⠱⣀⠤⠤●⠒⠁⠁░░░⢀⠠⠠⠔⠒●⠉⠁⢕⢕⠱⣀⠤⠤⠒⠒⠉●⢕⢕⠈⢆⡠⠤⠜⠛⠋⠉⠉▲
                States  █ heating  ▒ fault  ▓ idle  ▄ true
                  mode│█ heating ███████████▒▓ idle ▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓
                online│     ▄ true ▄▄▄▄▄▄▄▄▄▄▄▄▄▄░░░░░░░░
                Commands  ▀ pending  ▚ in_progress  ◆ redelivered
                reboot│    ▀▀▀◆▀▀▀▚ in_progress ▚▚▚▚▚▚▚░░
                update│     ┊┊                   ░░░░░░░░        ▚ in_progress ▚▚▚▚▚▚▶
                       2 of 3 commands shown     ░░░░░░░░
                      └┬─────────┬──────────┬─────────┬──────────┬─────────┬──────────
                       14:00   14:10      14:20     14:30      14:40     14:50
                2026-11-22 14:00:00 to 15:00:00 UTC  ░ not recorded
                """)
    }

    @Test func `a chart in ASCII`() {
        let lines = TerminalPlot(width: 64, height: 22, color: false, unicode: false).lines(Samples.full)
        #expect(
            lines.joined(separator: "\n") == """
                Room 4
                       14:05 reported
                         restart
                Temperature (deg C)  * supply  + return  : min to max
                    35+    !!                 ........
                      |    !!                 ........
                    30+    !!     *           ........
                      |    !!     *           ........
                      |    !!     *           ........
                    25+++++++++++++++:::::::::.:.:.:.::::
                      |:::::****:*:*:+++++++++.+*+*+.++++++++++++++++++++++++++*
                    20+*****!   ** ***    *****....******   :*****::::******:::
                States  # heating  = fault  - idle  + true
                  mode|# heating #########=- idle ------------------------------
                online|    !+ true ++++++++++++.......
                Commands  % pending  o in_progress  ^ redelivered
                reboot|    %%^%%%o in_progress ooooo..
                update|    !!                 ........       o in_progress oooo>
                       2 of 3 commands shown  ........
                      ++--------+---------+--------+---------+--------+---------
                       14:00  14:10     14:20    14:30     14:40    14:50
                2026-11-22 14:00:00 to 15:00:00 UTC  . not recorded
                """)
    }
}
