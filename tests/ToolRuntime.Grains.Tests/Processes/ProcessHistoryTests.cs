using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using ToolRuntime.Events;
using ToolRuntime.Named;
using ToolRuntime.Processes;
using ToolRuntime.Processes.History;
using ToolRuntime.Sessions;

namespace ToolRuntime.Grains.Tests.Processes;

/// <summary>What is remembered of processes, and when it is forgotten.</summary>
public sealed class ProcessHistoryTests : IDisposable
{
    private static readonly DateTimeOffset Begin = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider time = new(Begin);
    private readonly ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly Dictionary<ProcessOwner, ProcessFigures> now = new(ReferenceEqualityComparer.Instance);
    private readonly ProcessHistoryOptions options = new() { KeepHours = 1, MaxExecutions = 10, MaxTenants = 2, MaxMoves = 10 };
    private ProcessHistory? made;

    private ProcessHistory History => made ??= new(new(Meters), Options.Create(options), time);

    private IMeterFactory Meters => services.GetRequiredService<IMeterFactory>();

    private long Second => time.GetUtcNow().ToUnixTimeSeconds();

    public void Dispose() => services.Dispose();

    [Fact]
    public void Sample_RunningProcess_HasItsRatesAndLevels()
    {
        var run = Start("a", printed: () => Second - Begin.ToUnixTimeSeconds());
        Step(run, new(5_000, 1_000, 2));
        Step(run, new(20_000, 3_000, 3));

        var read = Read("acme", "a", 2);
        Assert.Equal((float[][])[[0.5f, 1.5f], [1_000, 3_000], [1, 1]], read.Each.Single().Value.ToArray());
        Assert.Equal((float[][])[[0.5f, 1.5f], [1_000, 3_000], [1, 1], [2, 3], [0, 0], [0, 0], [0, 0]], read.Total.ToArray());
        var use = Assert.Single(List().Executions);
        Assert.Equal((20_000, 3_000, 20, new UseNow(1.5, 3_000, 1, 3)), (use.CpuMs, use.MemoryBytes, use.OutputBytes, use.Now));
        Assert.Equal((Begin, null, null), (use.StartedAt, use.EndedAt, use.ExitCode));
    }

    [Fact]
    public void End_OfWhatWasNeverSampled_CountsAllOfIt()
    {
        var run = Start("a", printed: () => 500);
        History.End(run, new(3, 700, 9_000));
        Step(run, null);

        var use = Assert.Single(List().Executions);
        Assert.Equal((700, 9_000, 500, 3), (use.CpuMs, use.MemoryBytes, use.OutputBytes, use.ExitCode));
        Assert.Equal((Begin, (UseNow?)null), (use.EndedAt, use.Now));
        Assert.Equal((float[][])[[0.07f], [float.NaN], [50]], Read("acme", "a", 1).Each.Single().Value.ToArray());
    }

    [Fact]
    public void End_WithMoreThanWasSeen_CountsTheRestOnce()
    {
        var run = Start("a");
        Step(run, new(4_000, 1, 1));
        History.End(run, new(0, 6_000, null));
        Step(run, null);
        Step(run, null);

        Assert.Equal([0.4f, 0.2f, float.NaN], Read("acme", "a", 3).Each.Single().Value[0]);
        Assert.Equal([0.4f, 0.2f, 0], Read("acme", "a", 3).Total[0]);
    }

    [Fact]
    public void Sample_LessProcessorTimeThanBefore_IsNone()
    {
        var run = Start("a");
        foreach (var cpu in (long[])[4_000, 3_000, 5_000]) Step(run, new(cpu, 1, 1));

        Assert.Equal([0.4f, 0, 0.1f], Read("acme", "a", 3).Total[0]);
    }

    [Fact]
    public void Begin_NextAttempt_GoesOnWithItsExecution()
    {
        var first = Start("a");
        History.End(first, new(137, 1_000, 10));
        var second = Start("a");
        Step(second, new(2_000, 20, 1));

        var use = Assert.Single(List().Executions);
        Assert.Equal((3_000, 20, null, null), (use.CpuMs, use.MemoryBytes, use.EndedAt, use.ExitCode));
    }

    [Fact]
    public void Begin_BeyondTheExecutions_ForgetsTheOldestThatHasEndedOfWhomHasMost()
    {
        var others = Start("x", tenant: "other");
        History.End(others, new(0, 1, 1));
        for (var i = 0; i < 9; i++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            var run = Start($"a{i}");
            if (i != 0) History.End(run, new(0, 1, 1));
        }

        Start("new");

        Assert.Equal(["a0", "a2", "a3", "a4", "a5", "a6", "a7", "a8", "new"], List().Executions.Select(use => use.Owner.ExecutionId).Order());
        Assert.Equal((1, 0, 1), (List().Dropped, List("other").Dropped, List("other").Executions.Length));
    }

    [Fact]
    public void Begin_WhileAllExecutionsRun_CountsInTheSumOnly()
    {
        for (var i = 0; i < 10; i++) Start($"a{i}");
        var one = Start("more");
        Step(one, new(10_000, 1, 1));
        History.End(one, new(0, 10_000, 1));

        Assert.Equal((10, 1), (List().Executions.Length, List().Dropped));
        Assert.Equal(1, Read("acme", "more", 1).Total[0][0]);
    }

    [Fact]
    public void Begin_BeyondTheTenants_ForgetsTheOneThatWasIdleForLongest()
    {
        History.End(Start("a", tenant: "idle"), new(0, 1, 1));
        Start("b", tenant: "busy");

        Start("c", tenant: "third");
        Assert.Empty(List("idle").Executions);
        Assert.Single(List("busy").Executions);
        Assert.Single(List("third").Executions);

        Start("d", tenant: "fourth"); // the others are busy
        Assert.Empty(List("fourth").Executions);
    }

    [Fact]
    public void Sample_AfterItsTime_ForgetsAll()
    {
        History.End(Start("a"), new(0, 1_000, 1));
        Step(null, null);
        time.Advance(TimeSpan.FromMinutes(61));
        Step(null, null);

        Assert.Empty(List(hours: 3).Executions);
        Assert.All(Read("acme", "a", 1).Total, values => Assert.Equal([float.NaN], values));
    }

    [Fact]
    public void Forget_Session_LeavesOthersAndTheSum()
    {
        History.End(Start("a"), new(0, 1_000, 1));
        History.End(Start("b", session: "s2"), new(0, 1_000, 1));
        Step(null, null);

        History.Forget(new("acme", "s1"));

        Assert.Equal("b", Assert.Single(List().Executions).Owner.ExecutionId);
        Assert.Equal([0.2f], Read("acme", "a", 1).Total[0]);
        Assert.Empty(Read("acme", "a", 1).Each);
    }

    [Fact]
    public void Read_OfSome_IsTheirSum()
    {
        foreach (var name in (string[])["a", "b", "c"]) History.End(Start(name), new(0, 1_000, 1));
        Step(null, null);
        Step(null, null);

        var query = new UseQuery("acme", Begin.ToUnixTimeSeconds(), 3, 10, [new("s1", "a"), new("s1", "b"), new("s1", "nobody")], []);
        Assert.Equal([0.2f, 0, float.NaN], History.Read(query).Total[0]);
        Assert.Equal(UseSeries.OfExecution, History.Read(query).Total.Length);
    }

    [Fact]
    public void Record_RestartsOfANamedProcess_AreCountedAndTheNewestKept()
    {
        var session = new SessionKey("acme", "s1");
        var turn = new SessionTurn(new SessionState(), time.GetUtcNow(), "");
        turn.Emit(new ProcessDefined("web", new("./serve"), "ann"));
        turn.Emit(new ProcessChanged("web", NamedProcessState.Running, NamedDesired.Running, Run: "run-0"));
        History.Record(session, turn);
        Assert.Empty(List().Restarts);

        for (var i = 1; i <= 12; i++)
        {
            turn = new(turn.State, time.GetUtcNow(), "");
            turn.Emit(new ProcessChanged("web", NamedProcessState.Backoff, NamedDesired.Running, i, $"run-{i - 1}", ExitCode: 3, Error: new("exit_code", "It ended.")));
            turn.Emit(new ProcessChanged("web", NamedProcessState.Starting, NamedDesired.Running, i, $"run-{i}"));
            History.Record(session, turn);
        }

        turn = new(turn.State, time.GetUtcNow(), "");
        turn.Emit(new ProcessChanged("web", NamedProcessState.Stopping, NamedDesired.Running, 12, "run-12"));
        turn.Emit(new ProcessChanged("web", NamedProcessState.Starting, NamedDesired.Running));
        History.Record(session, turn);
        Step(null, null);

        var restarts = List().Restarts;
        Assert.Equal([.. Enumerable.Range(4, 9), 0], restarts.Select(move => move.Number));
        Assert.Equal(new(Begin, ProcessMoveKind.Restarted, new("s1", "run-3"), "named_process", "web", null, 3, "exit_code", 4), restarts[0]);
        Assert.Equal((new ExecutionName("s1", "run-12"), (int?)null), (restarts[^1].Execution, restarts[^1].ExitCode));
        Assert.Equal([1.3f], Read("acme", "a", 1).Total[UseSeries.Restarts]);

        History.Forget(session);
        Assert.Empty(List().Restarts);
    }

    [Fact]
    public void Read_CoarserSteps_HasTheSameSumOfLinesAsOfTheTenant()
    {
        var run = Start("a", printed: () => 600);
        Step(run, new(10_000, 600, 1));
        History.End(run, new(0, 10_000, 1));
        now.Clear();
        for (var i = 0; i < 5; i++) Step(null, null);

        var query = new UseQuery("acme", Begin.ToUnixTimeSeconds(), 1, 60, null, [new("s1", "a")]);
        var (all, one) = (History.Read(query), History.Read(query with { Of = [new("s1", "a")] }));
        float[][] expected = [[10 / 60f], [100], [10]];
        Assert.Equal(expected, all.Total.Take(UseSeries.OfExecution).ToArray());
        Assert.Equal(expected, one.Total.ToArray());
        Assert.Equal([[10 / 60f], [600], [10]], one.Each.Single().Value.ToArray());
    }

    [Fact]
    public void Begin_Disabled_RemembersNothing()
    {
        options.Enabled = false;
        var run = Start("a");
        Step(run, new(1, 1, 1));
        History.End(run, new(0, 1, 1));

        Assert.Empty(List().Executions);
    }

    [Fact]
    public void Meters_ByTool_HaveTheSameFigures()
    {
        var seen = new List<(string Name, double Value, string? Tags)>();
        using var listener = new MeterListener { InstrumentPublished = (instrument, to) => { if (instrument.Meter.Scope == Meters) to.EnableMeasurementEvents(instrument); } };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => seen.Add((instrument.Name, value, Text(tags))));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => seen.Add((instrument.Name, value, Text(tags))));
        listener.Start();
        var (one, two) = (Start("a", printed: () => 40), Start("b", tenant: "other"));
        now[one.Owner] = new(1_500, 100, 2);
        Step(two, new(500, 20, 1));

        listener.RecordObservableInstruments();
        Assert.Equal(
            [("toolruntime_process_cpu", 0.5), ("toolruntime_process_cpu", 1.5), ("toolruntime_process_memory", 120), ("toolruntime_process_output", 40), ("toolruntime_processes", 3)],
            seen.Select(each => (each.Name, each.Value)).Order());
        Assert.All(seen, each => Assert.Equal("tool=shell", each.Tags));

        foreach (var run in (ProcessUse[])[one, two]) History.End(run, new(0, null, null));
        now.Clear();
        Step(null, null);
        listener.RecordObservableInstruments();
        Assert.Equal(("toolruntime_processes", 0), seen.Select(each => (each.Name, each.Value)).Last(each => each.Name == "toolruntime_processes"));

        static string Text(ReadOnlySpan<KeyValuePair<string, object?>> tags) => string.Join(',', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"));
    }

    private ProcessUse Start(string execution, string session = "s1", string tenant = "acme", Func<long>? printed = null)
    {
        var run = new ProcessUse(new(tenant, session, execution, "shell"), printed ?? (() => 0));
        History.Begin(run);
        return run;
    }

    private void Step(ProcessUse? run, ProcessFigures? figures)
    {
        if (run is not null && figures is { } found) now[run.Owner] = found;
        var number = Second / 10;
        time.Advance(TimeSpan.FromSeconds(10));
        History.Sample(number, 10, now);
    }

    private SiloUse List(string tenant = "acme", int hours = 1) => History.List(tenant, Begin.ToUnixTimeSeconds(), Begin.AddHours(hours).ToUnixTimeSeconds());

    private SiloCurves Read(string tenant, string execution, int steps) => History.Read(new(tenant, Begin.ToUnixTimeSeconds(), steps, 10, null, [new("s1", execution)]));
}
