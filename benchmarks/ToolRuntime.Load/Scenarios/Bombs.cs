using ToolRuntime.Load.Client;
using ToolRuntime.Load.Figures;

namespace ToolRuntime.Load.Scenarios;

internal sealed class Bombs() : Scenario(
    "bombs", "what 4 sessions' `echo` and `file_write` take while another one's program forks, eats memory or fills the disk without end; tools.run to batch.completed")
{
    private static readonly (string Name, string Call, string Code)[] All =
    [
        ("fork bomb", Calls.Code("import os\nwhile True:\n    try: os.fork()\n    except OSError: pass"), "process_limit"),
        ("memory hog", Calls.Code("kept = []\nwhile True: kept.append(bytearray(1 << 20))"), "memory_limit"),
        ("disk filler", Calls.Code("i = 0\nwhile True:\n    i += 1\n    open(f'f{i}', 'wb').write(bytes(1 << 20))"), "workspace_full"),
    ];

    public override Place Places => Place.Process;

    public override async Task RunAsync(ScenarioRun run)
    {
        await run.StartServerAsync(
            "--ToolRuntime:Processes:MaxProcesses", "256", "--ToolRuntime:Processes:MaxMemoryBytes", "268435456", "--ToolRuntime:Processes:MaxWorkspaceBytes", "1073741824");
        var others = await run.OpenSessionsAsync(4);
        var round = $"{Calls.Shell("echo hello")},{Calls.WriteFile("notes/hello.md", "# hello\n")}";
        await Rounds.MeasureAsync(others, () => round, 2, TimeSpan.FromSeconds(5));
        var alone = await Rounds.MeasureAsync(others, () => round, 2, run.Options.Duration / 3);
        run.Latency("others alone", alone);

        foreach (var (name, call, code) in All)
        {
            var bomber = await run.OpenSessionAsync(name.Replace(' ', '-'));
            var times = 0;
            var bombing = BombAsync();
            var beside = await Rounds.MeasureAsync(others, () => round, 2, () => bombing.IsCompleted);
            await bombing;
            run.Latency($"others beside a {name} ({times} times)", beside, p99: 2 * alone.At(0.99));

            async Task BombAsync()
            {
                var until = DateTimeOffset.UtcNow + (run.Options.Duration / 3);
                do
                {
                    var step = await bomber.RunAsync(call);
                    if (!step.Errors.Any(error => error.Contains($"\"{code}\"", StringComparison.Ordinal))) throw new InvalidOperationException($"The {name} ended with {string.Join(',', step.Errors)}.");
                    times++;
                }
                while (DateTimeOffset.UtcNow < until);
            }
        }
    }
}
