using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ToolRuntime.Batches;
using ToolRuntime.Hosting;

namespace ToolRuntime.Grains.Tests.Hosting;

public sealed class GrainServiceCollectionExtensionsTests
{
    [Fact]
    public void AddToolRuntimeGrains_NothingSet_TakesTheDocumentedDefaults()
    {
        var batches = Read([]);

        Assert.Equal((TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(60), 16), (batches.MaxWait, batches.AttemptTimeout, batches.MaxParallel));
    }

    [Fact]
    public void AddToolRuntimeGrains_EnvironmentSet_TakesMinutesSecondsAndOneAtATime()
    {
        var batches = Read(new() { ["TOOL_EXECUTION_MAX_WAIT"] = "2", ["TOOL_EXECUTION_DEFAULT_TIMEOUT"] = "7", ["PARALLEL_TOOL_EXECUTION"] = "false" });

        Assert.Equal((TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(7), 1), (batches.MaxWait, batches.AttemptTimeout, batches.MaxParallel));
    }

    [Fact]
    public void AddToolRuntimeGrains_SectionSetToo_TheSectionGoesFirst() =>
        Assert.Equal(4, Read(new() { ["PARALLEL_TOOL_EXECUTION"] = "false", ["ToolRuntime:Batches:MaxParallel"] = "4" }).MaxParallel);

    private static BatchOptions Read(Dictionary<string, string?> values)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(values).Build();
        using var services = new ServiceCollection().AddToolRuntimeGrains(configuration, configuration.GetSection("ToolRuntime")).BuildServiceProvider();
        return services.GetRequiredService<IOptions<BatchOptions>>().Value;
    }
}
