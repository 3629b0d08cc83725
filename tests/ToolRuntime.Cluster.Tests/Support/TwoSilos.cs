namespace ToolRuntime.Cluster.Tests.Support;

/// <summary>One cluster for the tests of a class that leave it as it was.</summary>
public sealed class TwoSilos : IAsyncLifetime
{
    internal TestCluster Cluster { get; private set; } = null!;

    public async Task InitializeAsync() => Cluster = await TestCluster.StartAsync("--ToolRuntime:MetricHistory:StepSeconds", "1");

    public async Task DisposeAsync() => await Cluster.DisposeAsync();
}
