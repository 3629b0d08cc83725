using System.Collections.Immutable;
using System.Reflection;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using ToolRuntime.Grains.Tests.Support;
using ToolRuntime.Hosting;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Grains.Tests.Clock;

/// <summary>What the watch says of a clock that was set, and when the process goes by it again: all that it does, in order.</summary>
public sealed class ClockWatchTests : IAsyncLifetime, IDisposable
{
    private const string Read = "reads the wall clock";
    private const string Begins = "has its timer";
    private const string Asked = "asks for open work";
    private const string Follows = "Information: No work is open: times follow the system's clock again.";
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    private readonly Channel<string> done = Channel.CreateUnbounded<string>();
    private readonly SetTime wall;
    private readonly OpenWork work;
    private readonly SteadyClock clock;
    private readonly ClockWatch watch;

    public ClockWatchTests()
    {
        wall = new(done);
        work = (OpenWork)(object)DispatchProxy.Create<ISessionLog, OpenWork>();
        work.Done = done;
        clock = new(wall);
        watch = new(clock, (ISessionLog)(object)work, new Lines(done));
    }

    private double AheadSeconds => (wall.Timers.GetUtcNow() + wall.Step - clock.GetUtcNow()).TotalSeconds;

    public async Task InitializeAsync()
    {
        await ThenAsync(Read); // its beginning
        await watch.StartAsync(CancellationToken.None);
        await ThenAsync(Begins);
    }

    public async Task DisposeAsync() => await watch.StopAsync(CancellationToken.None);

    public void Dispose() => watch.Dispose();

    [Theory]
    [InlineData(3_600, "+3600.0")]
    [InlineData(-3_600, "-3600.0")]
    public async Task Look_ClockWasSetWhileWorkIsOpen_IsSaidOnceAndNotFollowed(int seconds, string said)
    {
        work.IsOpen = true;
        wall.Step = TimeSpan.FromSeconds(seconds);

        await LookAsync(Read, Jump(said), Asked);
        await LookAsync(Read, Asked);
        await LookAsync(Read, Asked);

        Assert.Equal(seconds, AheadSeconds, 0.1);
    }

    [Fact]
    public async Task Look_WorkHasEnded_FollowsAndSaysSo()
    {
        work.IsOpen = true;
        wall.Step = TimeSpan.FromHours(1);
        await LookAsync(Read, Jump("+3600.0"), Asked);

        work.IsOpen = false;
        await LookAsync(Read, Asked, Read, Follows);
        Assert.Equal(0, AheadSeconds, 0.1);

        await LookAsync(Read);
    }

    [Fact]
    public async Task Look_SetAgain_IsSaidAnew()
    {
        wall.Step = TimeSpan.FromHours(1);
        await LookAsync(Read, Jump("+3600.0"), Asked, Read, Follows);

        work.IsOpen = true;
        wall.Step = TimeSpan.Zero;
        await LookAsync(Read, Jump("-3600.0"), Asked);
        wall.Step = TimeSpan.FromMinutes(30);
        await LookAsync(Read, Jump("+1800.0"), Asked);
    }

    [Fact]
    public async Task Look_LogIsUnavailable_FollowsOnceItIsThere()
    {
        work.IsUnavailable = true;
        wall.Step = TimeSpan.FromHours(1);
        await LookAsync(Read, Jump("+3600.0"), Asked);
        Assert.Equal(3_600, AheadSeconds, 0.1);

        work.IsUnavailable = false;
        await LookAsync(Read, Asked, Read, Follows);
    }

    [Fact]
    public async Task Look_DriftOfLessThanASecond_IsNoJump()
    {
        wall.Step = TimeSpan.FromMilliseconds(900);
        await LookAsync(Read);
        await LookAsync(Read);

        wall.Step = TimeSpan.FromMilliseconds(1_100);
        await LookAsync(Read, Jump("+1.1"), Asked, Read, Follows);
    }

    private static string Jump(string seconds) =>
        $"Warning: The system's clock was set by {seconds} s. Times of work that is open go on as if it had not been.";

    private async Task LookAsync(params string[] expected)
    {
        wall.Timers.Advance(Period);
        await ThenAsync(expected);
    }

    private async Task ThenAsync(params string[] expected)
    {
        foreach (var next in expected) Assert.Equal(next, await done.Reader.ReadAsync().AsTask().WaitAsync(Waits.Long));
    }

    /// <summary>Timers and the monotonic clock of a test, and a wall clock that is off by a step.</summary>
    private sealed class SetTime(Channel<string> done) : TimeProvider
    {
        public FakeTimeProvider Timers { get; } = new();

        public TimeSpan Step { get; set; }

        public override long TimestampFrequency => Timers.TimestampFrequency;

        public override DateTimeOffset GetUtcNow()
        {
            done.Writer.TryWrite(Read);
            return Timers.GetUtcNow() + Step;
        }

        public override long GetTimestamp() => Timers.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = Timers.CreateTimer(callback, state, dueTime, period);
            done.Writer.TryWrite(Begins);
            return timer;
        }
    }

    /// <summary>A log that only tells whether work is open.</summary>
    public class OpenWork : DispatchProxy
    {
        internal Channel<string> Done { get; set; } = null!;

        internal bool IsOpen { get; set; }

        internal bool IsUnavailable { get; set; }

        protected override object Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            Assert.Equal(nameof(ISessionLog.ListOpenWorkAsync), targetMethod?.Name);
            Done.Writer.TryWrite(Asked);
            if (IsUnavailable)
            {
                return Task.FromException<ImmutableArray<SessionKey>>(new SessionLogUnavailableException("The disk is full."));
            }

            return Task.FromResult(IsOpen ? ImmutableArray.Create(new SessionKey("acme", "s1")) : []);
        }
    }

    private sealed class Lines(Channel<string> done) : ILogger<ClockWatch>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            done.Writer.TryWrite($"{logLevel}: {formatter(state, exception)}");
    }
}
