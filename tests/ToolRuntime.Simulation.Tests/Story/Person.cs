using ToolRuntime.Commands;
using ToolRuntime.Sessions;
using ToolRuntime.Simulation.Tests.Runtime;

namespace ToolRuntime.Simulation.Tests.Story;

/// <summary>A command and what came of it; its answers are all that were given, be it sent again or twice at a time.</summary>
internal sealed record Sent(string Id, SessionCommand Command)
{
    public List<string> Answers { get; } = [];

    /// <summary>How often the log had gone back in time when it was sent first.</summary>
    public int ForksBefore { get; set; }
}

/// <summary>Sends commands, again where no answer comes, and sometimes again though one did.</summary>
internal sealed class Person(Scene scene, string name)
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ISessionGrain session = scene.Grains.GetGrain<ISessionGrain>(Scene.Session.ToString());
    private readonly Caller caller = new(name, AllSessions: true);
    private readonly List<string> batches = [], executions = [], replies = [];

    public List<Sent> Commands { get; } = [];

    public string Name => name;

    private Random Dice => scene.World.Dice.Story;

    public async Task ActAsync()
    {
        for (var (step, steps) = (0, Dice.Next(2, 9)); step < steps; step++)
        {
            await Task.Delay(Dice.Between(0, Dice.Any(10, 1_000, 4_000)), scene.Outside.Clock);
            var sent = new Sent($"{name}-{step}", step == 0 ? Run() : Next());
            sent.ForksBefore = scene.Store.Find(Scene.Session)?.Forks.Count ?? 0;
            Commands.Add(sent);
            var twice = Dice.Chance(0.1) ? SendAsync(sent) : Task.CompletedTask;
            await SendAsync(sent);
            await twice;
            if (Dice.Chance(0.2)) await SendAsync(sent);
        }
    }

    private async Task SendAsync(Sent sent)
    {
        var until = scene.World.Elapsed + Patience;
        while (scene.World.Elapsed < until)
        {
            try
            {
                var reply = await session.ExecuteAsync(sent.Id, sent.Command, caller);
                scene.World.Trace($"{name} hears of {sent.Id}: {reply.Value.Json} {reply.Error?.Code} {reply.Error?.Message}");
                if (reply.Succeeded) Hear(sent, reply.Value);
                if (reply.Error is not { Retryable: true }) return;
            }
            catch (Exception exception)
            {
                scene.World.Trace($"{name} hears nothing of {sent.Id}: {exception.GetType().Name} {exception.Message}");
            }

            await Task.Delay(Dice.Between(50, 1_000), scene.Outside.Clock);
        }
    }

    private void Hear(Sent sent, JsonText answer)
    {
        sent.Answers.Add(answer.Json);
        var element = answer.ToElement();
        if (element.TryGetProperty("batchId", out var batch)) batches.Add(batch.GetString()!);
        if (element.TryGetProperty("executionIds", out var ids)) executions.AddRange(ids.EnumerateArray().Select(id => id.GetString()!));
        if (element.TryGetProperty("replyId", out var reply)) replies.Add(reply.GetString()!);
    }

    private RunTools Run() => new(
        [.. Enumerable.Range(0, Dice.Next(1, 6)).Select(_ => new ToolInvocation(Dice.Any("plain", "again", "again", "asks"), JsonText.EmptyObject, TimeoutMs: Dice.Any<int?>(null, null, 1_000)))],
        Dice.Any<int?>(null, 2_000, 10_000, 30_000), Dice.Any<int?>(null, 1, 2), Dice.Any<FailurePolicy?>(null, null, FailurePolicy.CancelRest));

    private SessionCommand Next() => Dice.Next(16) switch
    {
        0 or 1 => Run(),
        2 or 3 or 4 => new SendMessage("hello", Policy: Dice.Any(QueuePolicy.Queue, QueuePolicy.Queue, QueuePolicy.Interrupt, QueuePolicy.Reject)),
        5 => new PauseBatch(Any(batches)),
        6 => new ResumeBatch(Any(batches)),
        7 => new CancelBatch(Any(batches)),
        8 => new CancelTool(Any(executions)),
        9 or 10 => new ApproveTool(scene.Reader.AsksForApproval ?? Any(executions)),
        11 => new DenyTool(scene.Reader.AsksForApproval ?? Any(executions)),
        12 => new CancelMessage(Any(replies)),
        13 => new PauseMessage(Any(replies)),
        14 => Dice.Any<SessionCommand>(new ResumeMessage(Any(replies)), new RetryMessage(Any(replies)), new DeleteMessage(Any(replies)), new EditMessage(Any(replies), "edited")),
        _ => Dice.Chance(0.15) ? new ResetSession() : new ConfigureSession(new($$"""{"a":{{Dice.Next(100)}}}""")),
    };

    private string Any(List<string> ids) => ids.Count == 0 ? "nobody" : ids[Dice.Next(Math.Max(0, ids.Count - 4), ids.Count)];
}
