using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ToolRuntime.Runners;
using ToolRuntime.Runners.Policies;
using ToolRuntime.Tools;

namespace ToolRuntime.Grains.Tests.Runners;

public sealed class ToolCatalogTests
{
    private static readonly ToolDescriptor Descriptor = new() { Name = "one", Description = "One.", Parameters = new("""{"type":"object"}""") };

    public static TheoryData<ToolDescriptor, string> Wrong => new()
    {
        { Descriptor with { Name = "no spaces" }, "name" },
        { Descriptor with { Description = "" }, "description" },
        { Descriptor with { TimeoutMs = 0 }, "time-out" },
        { Descriptor with { EstimatedMs = -1 }, "estimate" },
        { Descriptor with { CacheSeconds = -1 }, "cache" },
        { Descriptor with { Parameters = new("[") }, "schema" },
    };

    [Fact]
    public void New_Tools_AreFoundByNameAndListedInOrder()
    {
        var (b, a) = (Tool(Descriptor with { Name = "b" }), Tool(Descriptor with { Name = "a" }));
        var catalog = Catalog(b, a);

        Assert.Equal(["a", "b"], catalog.Descriptors.Select(descriptor => descriptor.Name));
        Assert.Same(b, catalog.Find("b"));
        Assert.Null(catalog.Find("B"));
    }

    [Fact]
    public void New_SameNameTwice_IsRefused() =>
        Assert.Contains("'one'", Assert.Throws<InvalidOperationException>(() => Catalog(Tool(Descriptor), Tool(Descriptor))).Message, StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(Wrong))]
    public void New_WrongDescriptor_IsRefusedByName(ToolDescriptor descriptor, string reason)
    {
        var message = Assert.Throws<InvalidOperationException>(() => Catalog(Tool(descriptor))).Message;

        Assert.Contains($"'{descriptor.Name}'", message, StringComparison.Ordinal);
        Assert.Contains(reason, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_Arguments_FollowsTheSchema()
    {
        var catalog = Catalog(Tool(Descriptor));

        Assert.Null(catalog.Validate("one", JsonText.EmptyObject));
        Assert.NotNull(catalog.Validate("one", new("[1]")));
        Assert.NotNull(catalog.Validate("one", new("{")));
        Assert.NotNull(catalog.Validate("two", JsonText.EmptyObject));
    }

    [Fact]
    public async Task AddToolRunners_WrongTool_FailsTheStartOfTheHost()
    {
        using var host = Host(Tool(Descriptor), Tool(Descriptor));

        await Assert.ThrowsAsync<InvalidOperationException>(() => host.StartAsync());
    }

    [Fact]
    public async Task AddToolRunners_HostStops_StopsTheRunners()
    {
        using var host = Host(Tool(Descriptor));
        await host.StartAsync();
        var runners = host.Services.GetRequiredService<RunnerHost>();
        await host.StopAsync();

        Assert.False(runners.Start(new(RunnerFixture.Session, "e1", 1, "one", JsonText.EmptyObject, DateTimeOffset.UnixEpoch), new FakeSink(), Admission.Free));
    }

    private static ToolCatalog Catalog(params ITool[] tools) => new(tools);

    private static FakeTool Tool(ToolDescriptor descriptor) => new((_, _, _) => Task.FromResult(FakeTool.Done)) { Descriptor = descriptor };

    private static IHost Host(params ITool[] tools)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        foreach (var tool in tools) builder.Services.AddSingleton(tool);
        builder.Services.AddToolRunners();
        return builder.Build();
    }
}
