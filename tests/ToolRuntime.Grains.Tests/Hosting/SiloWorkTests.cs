using Microsoft.Extensions.Logging.Abstractions;
using ToolRuntime.Hosting;

namespace ToolRuntime.Grains.Tests.Hosting;

public sealed class SiloWorkTests
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);
    private readonly FakeTimeProvider time = new();

    [Fact]
    public async Task Drain_NothingUnderWay_WaitsForNothing()
    {
        var work = New();
        Assert.True(work.TryBegin());
        work.End();

        await work.DrainAsync(Grace, CancellationToken.None).WaitAsync(Support.Waits.Long);

        Assert.False(work.TryBegin());
    }

    [Fact]
    public async Task Drain_WhatBeganAndWhatCameOfIt_AreWaitedFor()
    {
        var work = New();
        work.TryBegin();
        var drained = work.DrainAsync(Grace, CancellationToken.None);

        work.Join();
        work.End();
        Assert.False(drained.IsCompleted);
        work.End();

        await drained.WaitAsync(Support.Waits.Long);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Drain_GraceOverOrHostsTimeOver_WaitsNoLonger(bool cancel)
    {
        using var host = new CancellationTokenSource();
        var work = New();
        work.TryBegin();
        var drained = work.DrainAsync(Grace, host.Token);
        time.Advance(Grace - TimeSpan.FromMilliseconds(1));
        Assert.False(drained.IsCompleted);

        if (cancel) await host.CancelAsync();
        else time.Advance(TimeSpan.FromMilliseconds(1));

        await drained.WaitAsync(Support.Waits.Long);
    }

    [Fact]
    public async Task Drain_NoGrace_WaitsForNothing()
    {
        var work = New();
        work.TryBegin();

        await work.DrainAsync(TimeSpan.Zero, CancellationToken.None).WaitAsync(Support.Waits.Long);
    }

    private SiloWork New() => new(time, NullLogger<SiloWork>.Instance);
}
