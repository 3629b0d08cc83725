using BenchmarkDotNet.Attributes;
using Orleans.TestingHost;

namespace ToolRuntime.Benchmarks;

/// <summary>What a grain call costs inside a process.</summary>
public class EngineBenchmarks
{
    private InProcessTestCluster cluster = null!;
    private IEchoGrain echo = null!;
    private int fresh;

    // The in-process toolchain does not wait for asynchronous set-ups.
    [GlobalSetup]
    public void Start()
    {
        cluster = new InProcessTestClusterBuilder(1).Build();
        cluster.DeployAsync().GetAwaiter().GetResult();
        echo = cluster.Client.GetGrain<IEchoGrain>("t/s/one");
        echo.EchoAsync(0).GetAwaiter().GetResult();
    }

    [GlobalCleanup]
    public void Stop() => cluster.DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <summary>A call of an active grain and its answer.</summary>
    [Benchmark]
    public Task<int> LocalCall() => echo.EchoAsync(1);

    /// <summary>The first call of a grain, which then goes.</summary>
    [Benchmark]
    public Task Activation() => cluster.Client.GetGrain<IEchoGrain>($"t/s/{fresh++}").LeaveAsync();
}

[Alias("toolruntime.benchmarks.IEchoGrain")]
public interface IEchoGrain : IGrainWithStringKey
{
    [Alias("Echo")]
    Task<int> EchoAsync(int value);

    [Alias("Leave")]
    Task LeaveAsync();
}

[GrainType("echo")]
internal sealed class EchoGrain : Grain, IEchoGrain
{
    public Task<int> EchoAsync(int value) => Task.FromResult(value);

    public Task LeaveAsync()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }
}
