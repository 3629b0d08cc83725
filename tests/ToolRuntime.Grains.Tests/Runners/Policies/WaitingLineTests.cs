using ToolRuntime.Grains.Tests.Support;
using ToolRuntime.Jobs;
using ToolRuntime.Runners.Policies;

namespace ToolRuntime.Grains.Tests.Runners.Policies;

public sealed class WaitingLineTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly FakeTimeProvider clock = new();

    [Fact]
    public void Take_OfAllPriorities_IsByPriorityAndWithinOneInOrder()
    {
        var line = new WaitingLine<string>(Minute);
        foreach (var (name, priority) in new[] { ("low", JobPriority.Low), ("first", JobPriority.Default), ("urgent", JobPriority.Critical), ("second", JobPriority.Default) })
        {
            line.Add(name, priority, clock.GetUtcNow());
        }

        Assert.Equal(["urgent", "first", "second", "low"], Drain(line));
    }

    [Theory]
    [InlineData(JobPriority.Default, 59, "later")]
    [InlineData(JobPriority.Default, 61, "low")]
    [InlineData(JobPriority.Critical, 119, "later")]
    [InlineData(JobPriority.Critical, 121, "low")]
    public void Take_ALowOneThatHasWaited_GoesBeforeWhatComesLateEnough(JobPriority other, int seconds, string first)
    {
        var line = new WaitingLine<string>(Minute);
        line.Add("low", JobPriority.Low, clock.GetUtcNow());

        line.Add("later", other, clock.GetUtcNow().AddSeconds(seconds));

        Assert.Equal(first, line.Take());
    }

    [Fact]
    public async Task Acquire_WithAFullCap_ServesTheMostUrgentAndSkipsWhoHasGone()
    {
        using var slots = new RunSlots(1, Minute, clock);
        using var gone = new CancellationTokenSource();
        var held = await slots.AcquireAsync(JobPriority.Default, default);
        var low = slots.AcquireAsync(JobPriority.Low, default).AsTask();
        var left = slots.AcquireAsync(JobPriority.Critical, gone.Token).AsTask();
        var critical = slots.AcquireAsync(JobPriority.Critical, default).AsTask();
        await gone.CancelAsync();

        held.Dispose();
        held.Dispose();

        var second = await critical.WaitAsync(Waits.Long);
        await Assert.ThrowsAsync<TaskCanceledException>(() => left);
        Assert.False(low.IsCompleted);
        second.Dispose();
        (await low.WaitAsync(Waits.Long)).Dispose();
        Assert.True(slots.AcquireAsync(JobPriority.Low, default).AsTask().IsCompleted);
    }

    private static IEnumerable<string> Drain(WaitingLine<string> line)
    {
        while (line.Take() is { } next) yield return next;
    }
}
