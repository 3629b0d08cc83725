using System.Text;
using ToolRuntime.Events;
using ToolRuntime.Simulation.Tests.Runtime;
using ToolRuntime.Tools;

namespace ToolRuntime.Simulation.Tests.Story;

/// <summary>One attempt as its tool saw it.</summary>
internal sealed class ToolRun(int number, string execution, int attempt, VirtualSilo silo)
{
    private readonly StringBuilder written = new();

    public int Number => number;

    public string Execution => execution;

    public int Attempt => attempt;

    /// <summary>What the reporter took.</summary>
    public string Written => written.ToString();

    /// <summary>How it ended, by the tool's own word; null: it was cancelled, or is under way.</summary>
    public string? Outcome { get; set; }

    /// <summary>Its process was killed: by a silo that lost its place, or with it.</summary>
    public bool Killed { get; private set; }

    public void Write(string text) => written.Append(text);

    public void KilledWith(VirtualSilo other) => Killed |= silo == other;
}

/// <summary>A tool that takes its time, says something, and ends as the dice will have it.</summary>
internal sealed class ScriptedTool(string name, Scene scene, VirtualSilo silo) : ITool
{
    public ToolDescriptor Descriptor { get; private init; } = new() { Name = name, Description = $"The scripted {name}.", Parameters = new("""{"type":"object"}"""), EstimatedMs = 100 };

    private Random Dice => scene.World.Dice.Story;

    /// <summary>What each falls back on.</summary>
    public static string[] Fallbacks(string tool) => tool == "plain" ? ["again", "asks"] : [];

    /// <summary><c>plain</c> (has fallbacks), <c>again</c> (idempotent) and <c>asks</c> (needs approval).</summary>
    public static ITool[] All(Scene scene, VirtualSilo silo) =>
    [
        new ScriptedTool("plain", scene, silo),
        With("again", scene, silo, d => d with { Idempotency = Idempotency.Yes }),
        With("asks", scene, silo, d => d with { NeedsApproval = true }),
    ];

    public async Task<ToolResult> ExecuteAsync(ToolCall call, IToolContext context, CancellationToken cancellationToken)
    {
        var run = new ToolRun(scene.Runs.Count, context.ExecutionId, context.Attempt, silo);
        scene.Runs.Add(run);
        scene.World.Trace($"{silo.Name} runs {run.Execution} attempt {run.Attempt} as run {run.Number}");
        for (var (step, steps) = (0, Dice.Next(5)); step < steps; step++)
        {
            await WaitAsync(Dice.Any(50, 500, 2_000));
            var text = $"{run.Number}:{step};";
            if (Dice.Chance(0.2)) await context.ReportProgressAsync($"run {run.Number}", step * 10, null, null, cancellationToken);
            await context.WriteOutputAsync(OutputStream.Stdout, Encoding.UTF8.GetBytes(text), cancellationToken);
            run.Write(text);
            await context.CheckpointAsync(cancellationToken);
        }

        await WaitAsync(Dice.Any(20, 200, 3_000, 8_000));
        return End(run);

        Task WaitAsync(int mostMs) => Task.Delay(Dice.Between(0, mostMs), silo.Clock, cancellationToken);
    }

    private ToolResult End(ToolRun run)
    {
        if (run.Killed) throw new IOException("The process was killed.");
        run.Outcome = Dice.Any("succeeds", "succeeds", "succeeds", "fails", "fails for now", "throws");
        return run.Outcome switch
        {
            "succeeds" => ToolResult.Success(new($$"""{"run":{{run.Number}}}"""), "done"),
            "fails" => ToolResult.Failure(new("wrong", "It can't be done.")),
            "fails for now" => ToolResult.Failure(new("busy", "Not now.", true)),
            _ => throw new InvalidOperationException("A bug."),
        };
    }

    private static ScriptedTool With(string name, Scene scene, VirtualSilo silo, Func<ToolDescriptor, ToolDescriptor> change) =>
        new(name, scene, silo) { Descriptor = change(new ScriptedTool(name, scene, silo).Descriptor) };
}
