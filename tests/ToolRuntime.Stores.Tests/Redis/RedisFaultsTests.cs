using System.Net.Sockets;
using Pipelines.Sockets.Unofficial;
using StackExchange.Redis;
using ToolRuntime.Stores.Redis;

namespace ToolRuntime.Stores.Tests.Redis;

/// <summary>Each way in which Redis' client says that its connection broke; one of them once ended a silo.</summary>
public sealed class RedisFaultsTests
{
    public static TheoryData<Exception> Broken => new(
        new RedisConnectionException(ConnectionFailureType.SocketFailure, "gone"),
        new ConnectionResetException("Connection reset by peer", new SocketException(104)),
        new ConnectionAbortedException("aborted"),
        new TaskCanceledException(),
        new SocketException(104),
        new IOException("gone"),
        new InvalidOperationException("Reading is not allowed after reader was completed."),
        new ObjectDisposedException("client"));

    [Theory]
    [MemberData(nameof(Broken))]
    public void Reason_ConnectionThatBroke_IsThatItCannotBeReached(Exception fault)
    {
        Assert.Equal("it can't be reached", RedisFaults.Reason(fault));
        Assert.StartsWith("System", RedisFaults.Portable(fault).GetType().Namespace, StringComparison.Ordinal);
    }

    [Fact]
    public void Reason_CommandThatTheServerCannotTakeNow_IsAnError() => Assert.Equal("it reports an error", RedisFaults.Reason(new RedisCommandException("a replica")));

    [Fact]
    public void Reason_FaultOfOurs_IsNone() => Assert.Null(RedisFaults.Reason(new InvalidCastException()));
}
