using System.Collections.Immutable;
using ToolRuntime.Named;
using ToolRuntime.Tools;

namespace ToolRuntime.Grains.Tests.Named;

public sealed class NamedRulesTests
{
    public static TheoryData<string, string> Faults => new()
    {
        { "", "command" },
        { new string('x', NamedRules.MaxCommand + 1), "command" },
        { "a\0b", "command" },
    };

    public static IEnumerable<object[]> Definitions =>
    [
        [new NamedProcessDefinition("x", Terminal: new(0, 24)), "terminal"],
        [new NamedProcessDefinition("x", Environment: new("[1]")), "environment"],
        [new NamedProcessDefinition("x", Environment: new("""{"A":1}""")), "environment"],
        [new NamedProcessDefinition("x", Restart: new(NamedRestartPolicy.Always, MaxRestarts: 1_001)), "restart.maxRestarts"],
        [new NamedProcessDefinition("x", Restart: new(NamedRestartPolicy.Always, BackoffMs: 9)), "restart.backoffMs"],
        [new NamedProcessDefinition("x", Restart: new(NamedRestartPolicy.Always, MaxBackoffMs: 3_600_001)), "restart.maxBackoffMs"],
        [new NamedProcessDefinition("x", Restart: new(NamedRestartPolicy.Always, ResetAfterMs: 99)), "restart.resetAfterMs"],
        [new NamedProcessDefinition("x", Ready: new()), "ready"],
        [new NamedProcessDefinition("x", Ready: new("up", Port: 80)), "ready"],
        [new NamedProcessDefinition("x", Ready: new("")), "ready.pattern"],
        [new NamedProcessDefinition("x", Ready: new(new string('a', 501))), "ready.pattern"],
        [new NamedProcessDefinition("x", Ready: new("(")), "ready.pattern"],
        [new NamedProcessDefinition("x", Ready: new(@"(a)\1")), "ready.pattern"],
        [new NamedProcessDefinition("x", Ready: new(Port: 0)), "ready.port"],
        [new NamedProcessDefinition("x", Ready: new("up", Path: "/")), "ready.path"],
        [new NamedProcessDefinition("x", Ready: new(Port: 80, Path: "health")), "ready.path"],
        [new NamedProcessDefinition("x", Ready: new("up", IntervalMs: 99)), "ready.intervalMs"],
        [new NamedProcessDefinition("x", Ready: new("up", TimeoutMs: 3_600_001)), "ready.timeoutMs"],
        [new NamedProcessDefinition("x", Stop: new("SIGSTOP")), "stop.signal"],
        [new NamedProcessDefinition("x", Stop: new(GraceMs: 600_001)), "stop.graceMs"],
        [new NamedProcessDefinition("x", IdleMs: 999), "idleMs"],
        [new NamedProcessDefinition("x", TotalMs: 2_073_600_001), "totalMs"],
        [new NamedProcessDefinition("x", DependsOn: [new("a b")]), "dependsOn"],
        [new NamedProcessDefinition("x", DependsOn: [new("db"), new("db")]), "dependsOn"],
        [new NamedProcessDefinition("x", DependsOn: [.. Enumerable.Range(0, 17).Select(i => new NamedDependency($"p{i}"))]), "dependsOn"],
    ];

    [Theory]
    [MemberData(nameof(Faults))]
    public void Check_CommandThatCanNotBe_IsRefused(string command, string field) => Refused(new(command), field);

    [Theory]
    [MemberData(nameof(Definitions))]
    public void Check_FieldBeyondItsRange_NamesIt(NamedProcessDefinition process, string field) => Refused(process, field);

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("-a")]
    public void Check_NameThatIsNoId_IsRefused(string name) => Assert.Equal(ErrorCode.InvalidCommand, NamedRules.Check(name, new("x"), [])?.Code);

    [Fact]
    public void Check_AllAtItsBounds_IsTaken() => Assert.Null(NamedRules.Check(
        "web",
        new(
            new string('x', NamedRules.MaxCommand), "a", new("""{"A":"b"}"""), new(1_000, 1_000), new(NamedRestartPolicy.Always, 1_000, 10, 3_600_000, 86_400_000), [new("db", NamedCondition.Ready)],
            new(Port: 65_535, Path: "/x", IntervalMs: 100, TimeoutMs: 3_600_000), new("SIGINT", 0), 1_000, 2_073_600_000),
        [Process("db")]));

    [Fact]
    public void Check_OneMoreThanASessionHas_IsRefusedAndAnOldOneIsNot()
    {
        ImmutableArray<NamedProcess> all = [.. Enumerable.Range(0, NamedRules.MaxProcesses).Select(i => Process($"p{i}"))];

        Assert.Equal(ErrorCode.QuotaExceeded, NamedRules.Check("one-more", new("x"), all)?.Code);
        Assert.Null(NamedRules.Check("p0", new("y"), all));
    }

    [Fact]
    public void Check_DefinitionThatIsTooLarge_IsRefused() =>
        Assert.Equal(ErrorCode.TooLarge, NamedRules.Check("web", new("x", Environment: new($$"""{"A":"{{new string('a', NamedRules.MaxBytes)}}"}""")), [])?.Code);

    [Fact]
    public void Check_UnknownDependency_IsRefusedByItsName()
    {
        var refused = NamedRules.Check("web", new("x", DependsOn: [new("db")]), [Process("cache")]);

        Assert.Equal((ErrorCode.NotFound, """{"dependency":["db"]}"""), (refused!.Code, refused.Details!.Value.Json));
        Assert.Contains("'db'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_DependenciesThatGoRound_NamesTheCycle()
    {
        ImmutableArray<NamedProcess> all = [Process("a"), Process("b", "a"), Process("c", "b"), Process("d", "c")];

        var refused = NamedRules.Check("a", new("x", DependsOn: [new("c")]), all);

        Assert.Equal(ErrorCode.InvalidCommand, refused!.Code);
        Assert.Equal("The dependencies go round: a → c → b → a.", refused.Message);
        Assert.Equal("""{"cycle":["a","c","b","a"]}""", refused.Details!.Value.Json);
        Assert.Contains("a → a", NamedRules.Check("a", new("x", DependsOn: [new("a")]), all)!.Message, StringComparison.Ordinal);
        Assert.Null(NamedRules.Check("d", new("x", DependsOn: [new("a"), new("b")]), all));
    }

    [Theory]
    [InlineData(NamedCondition.Started, NamedProcessState.Starting, false)]
    [InlineData(NamedCondition.Started, NamedProcessState.Running, true)]
    [InlineData(NamedCondition.Started, NamedProcessState.Ready, true)]
    [InlineData(NamedCondition.Started, NamedProcessState.Completed, true)]
    [InlineData(NamedCondition.Started, NamedProcessState.Stopping, false)]
    [InlineData(NamedCondition.Ready, NamedProcessState.Running, false)]
    [InlineData(NamedCondition.Ready, NamedProcessState.Ready, true)]
    [InlineData(NamedCondition.Ready, NamedProcessState.Completed, false)]
    [InlineData(NamedCondition.Completed, NamedProcessState.Ready, false)]
    [InlineData(NamedCondition.Completed, NamedProcessState.Completed, true)]
    [InlineData(NamedCondition.Completed, NamedProcessState.Failed, false)]
    public void IsMet_ByStateOfOneWithAReadinessCheck_IsAsFarAsItSays(NamedCondition condition, NamedProcessState state, bool met) =>
        Assert.Equal(met, NamedRules.IsMet(new("db", condition), Process("db") with { State = state, Definition = new("x", Ready: new("up")) }));

    [Fact]
    public void IsMet_ReadyOfOneWithoutACheck_IsAsSoonAsItRuns() =>
        Assert.True(NamedRules.IsMet(new("db", NamedCondition.Ready), Process("db") with { State = NamedProcessState.Running }));

    private static NamedProcess Process(string name, params string[] dependencies) =>
        new() { Name = name, Definition = new("x", DependsOn: [.. dependencies.Select(dependency => new NamedDependency(dependency))]) };

    private static void Refused(NamedProcessDefinition process, string field)
    {
        var refused = NamedRules.Check("web", process, [Process("db")]);
        Assert.Equal(ErrorCode.InvalidCommand, refused?.Code);
        Assert.StartsWith(field, refused!.Message, StringComparison.Ordinal);
    }
}
