using System.Collections.Immutable;
using Microsoft.Extensions.Options;
using ToolRuntime.Batches;
using ToolRuntime.Commands;
using ToolRuntime.Runners;
using ToolRuntime.Sessions;
using ToolRuntime.Tools;

namespace ToolRuntime.Grains.Tests.Runners;

/// <summary>Tools that come and go.</summary>
public sealed class ToolSourceTests
{
    private readonly FakeSource source = new();

    [Fact]
    public void Changed_ToolsComeAndGo_TheCatalogueHasWhatTheSourceHas()
    {
        var catalog = new ToolCatalog([Tool("own")], [source]);
        Assert.Equal(["own"], Names(catalog));

        source.Set(Tool("b"), Tool("a"));
        Assert.Equal(["a", "b", "own"], Names(catalog));
        Assert.NotNull(catalog.Find("a"));

        source.Set(Tool("a"));
        Assert.Equal(["a", "own"], Names(catalog));
        Assert.Null(catalog.Find("b"));
        Assert.NotNull(catalog.Validate("b", JsonText.EmptyObject));
    }

    [Fact]
    public void New_SourceHasToolsAlready_TheyAreThere()
    {
        source.Set(Tool("a"));

        Assert.Equal(["a"], Names(new([], [source])));
    }

    [Fact]
    public void Changed_NameIsTaken_TheFirstStays()
    {
        var own = Tool("own");
        var catalog = new ToolCatalog([own], [source]);

        source.Set(Tool("own"), Tool("other"));

        Assert.Same(own, catalog.Find("own"));
        Assert.Equal(["other", "own"], Names(catalog));
    }

    [Theory]
    [InlineData("""{"type":"object","properties":{"a":{"$ref":"https://example.org/a"}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"minimum":1,"exclusiveMinimum":true}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"pattern":"("}}}""")]
    public void Changed_SchemaThatCannotBeChecked_AcceptsAnyObjectAndKeepsTheSchema(string schema)
    {
        var catalog = new ToolCatalog([], [source]);

        source.Set(Tool("a", schema));

        Assert.Equal(schema, catalog.Descriptors.Single().Parameters.Json);
        Assert.Null(catalog.Validate("a", new("""{"a":"anything"}""")));
        Assert.NotNull(catalog.Validate("a", new("[]")));
    }

    [Fact]
    public void WhyMissing_ToolThatMayCome_IsUnavailableAndRetryable()
    {
        var catalog = new ToolCatalog([], [source]);

        var (may, never) = (catalog.WhyMissing("down__echo"), catalog.WhyMissing("nothing"));

        Assert.Equal((ToolErrorCodes.Unavailable, "down is down", true), (may.Code, may.Message, may.Retryable));
        Assert.Equal((ToolErrorCodes.UnknownTool, false), (never.Code, never.Retryable));
    }

    [Fact]
    public void Check_ToolThatMayCome_IsRefusedAsUnavailable()
    {
        var planner = new BatchPlanner(new([], [source]), Options.Create(new BatchOptions()));

        var (may, never) = (Check("down__echo"), Check("nothing"));

        Assert.Equal((ErrorCode.Unavailable, true), (may.Code, may.Retryable));
        Assert.Equal((ErrorCode.NotFound, false), (never.Code, never.Retryable));

        Rejection Check(string tool) => planner.Check(new RunTools([new(tool, JsonText.EmptyObject)]))!;
    }

    [Fact]
    public void Unknown_ToolThatMayCome_IsNot()
    {
        var planner = new BatchPlanner(new([Tool("own")], [source]), Options.Create(new BatchOptions()));

        Assert.Null(planner.Unknown("own"));
        Assert.Null(planner.Unknown("down__echo"));
        Assert.Equal(ErrorCode.NotFound, planner.Unknown("nothing")?.Code);
    }

    [Fact]
    public async Task Start_ToolIsGone_FailsAsUnavailable()
    {
        await using var fixture = new RunnerFixture(new ToolCatalog([], [source]));
        Assert.True(fixture.Start(tool: "down__echo"));

        var end = await fixture.Sink.End.WaitAsync(RunnerFixture.Patience);

        Assert.Equal((ToolErrorCodes.Unavailable, true), (end.Error!.Code, end.Error.Retryable));
    }

    private static IEnumerable<string> Names(ToolCatalog catalog) => catalog.Descriptors.Select(descriptor => descriptor.Name);

    private static FakeTool Tool(string name, string schema = """{"type":"object"}""") =>
        new((_, _, _) => Task.FromResult(FakeTool.Done)) { Descriptor = new() { Name = name, Description = name, Parameters = new(schema) } };

    private sealed class FakeSource : IToolSource
    {
        public event Action? Changed;

        public ImmutableArray<ITool> Tools { get; private set; } = [];

        public string? WhyUnavailable(string name) => name.StartsWith("down__", StringComparison.Ordinal) ? "down is down" : null;

        public void Set(params ITool[] tools)
        {
            Tools = [.. tools];
            Changed?.Invoke();
        }
    }
}
