using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ToolRuntime.Commands;
using ToolRuntime.Grains.Tests.Support;
using ToolRuntime.Jobs;

namespace ToolRuntime.Grains.Tests.Jobs;

public sealed class JobSweepTests : IAsyncLifetime
{
    private const string Job = "job_0123456789abcdef0123456789abcdef";

    private readonly FakeTimeProvider clock = new();
    private SessionCluster cluster = null!;

    public async Task InitializeAsync() => cluster = await SessionCluster.StartAsync(sqlite: true, clock);

    public async Task DisposeAsync() => await cluster.DisposeAsync();

    [Fact]
    public async Task Sweep_JobIdleForADay_DeletesItAndNothingElse()
    {
        foreach (var session in (string[])[Job, "job_mine", "s1"]) await cluster.DoAsync(new ConfigureSession(new("{}")), session: session);
        using var sweep = Start();

        clock.Advance(TimeSpan.FromHours(23));
        await cluster.DoAsync(new ConfigureSession(new("{}")), session: "s2");
        Assert.NotNull(await Header(Job));

        clock.Advance(TimeSpan.FromHours(2));
        await UntilGoneAsync(Job);

        Assert.NotNull(await Header("job_mine"));
        Assert.NotNull(await Header("s1"));
        await sweep.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Sweep_AfterARestart_DeletesWhatBecameDueMeanwhile()
    {
        await cluster.DoAsync(new ConfigureSession(new("{}")), session: Job);
        await cluster.RestartAsync();
        clock.Advance(TimeSpan.FromDays(1.5));
        using var sweep = Start();

        await UntilGoneAsync(Job);

        await sweep.StopAsync(CancellationToken.None);
    }

    [Theory]
    [InlineData(Job, true)]
    [InlineData("job_0123456789ABCDEF0123456789abcdef", false)]
    [InlineData("job_0123456789abcdef0123456789abcde", false)]
    [InlineData("jobs0123456789abcdef0123456789abcdef", false)]
    [InlineData("job_report", false)]
    public void IsJob_Name_TellsThoseThatWereMade(string session, bool expected) => Assert.Equal(expected, JobSessions.IsJob(session));

    private JobSweep Start()
    {
        var sweep = new JobSweep(cluster.AnyLog, cluster.Grains, new Started(), Options.Create(new JobOptions()), clock, NullLogger<JobSweep>.Instance);
        _ = sweep.StartAsync(CancellationToken.None);
        return sweep;
    }

    private Task<ToolRuntime.SessionLog.LogHeader?> Header(string session) => cluster.AnyLog.GetHeaderAsync(SessionCluster.Key(session));

    private Task UntilGoneAsync(string session) => cluster.UntilAsync(async () => await Header(session) is null);

    private sealed class Started : IHostApplicationLifetime
    {
        public CancellationToken ApplicationStarted { get; } = new(canceled: true);

        public CancellationToken ApplicationStopping => CancellationToken.None;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication() => throw new NotSupportedException();
    }
}
