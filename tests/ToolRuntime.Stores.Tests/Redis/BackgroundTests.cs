using Microsoft.Extensions.Logging;
using ToolRuntime.SessionLog;
using ToolRuntime.Stores.Redis;

namespace ToolRuntime.Stores.Tests.Redis;

/// <summary>What nobody waits for ends no silo, whatever it fails with.</summary>
public sealed class BackgroundTests : ILogger
{
    private readonly List<(int Id, Exception? Exception)> told = [];

    [Fact]
    public void Run_UnknownException_IsToldAndGoesNoFurther()
    {
        var fault = new InvalidCastException();

        Background.Run(Task.FromException(fault), this);

        Assert.Equal([(2103, fault)], told);
    }

    [Fact]
    public void Run_StoreThatCannotBeReached_IsToldElsewhere()
    {
        Background.Run(Task.FromException(new SessionLogUnavailableException("gone")), this);

        Assert.Empty(told);
    }

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        told.Add((eventId.Id, exception));
}
