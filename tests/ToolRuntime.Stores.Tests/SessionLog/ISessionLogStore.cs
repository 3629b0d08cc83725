using ToolRuntime.SessionLog;
using ToolRuntime.Stores.Sqlite;

namespace ToolRuntime.Stores.Tests.SessionLog;

/// <summary>A store that outlives the logs opened on it, empty at first. One log is open at a time.</summary>
public interface ISessionLogStore : IAsyncDisposable
{
    /// <summary>The clock that <c>updatedAt</c> comes from.</summary>
    FakeTimeProvider Time { get; }

    Task<ISessionLog> OpenAsync();

    /// <summary>Closes the open log in good order.</summary>
    Task CloseAsync();

    /// <summary>Whether the bytes are anywhere in what the store keeps, also where nobody would find them by reading.</summary>
    Task<bool> HoldsAsync(string text);

    /// <summary>Leaves the store as it is when its process dies now.</summary>
    Task CrashAsync();
}
