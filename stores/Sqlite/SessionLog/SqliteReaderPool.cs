using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Stores.Sqlite;

/// <summary>A few reading connections, opened as they are needed. Reads go on while the writer writes.</summary>
internal sealed class SqliteReaderPool(SqliteLogFile file, StoreWatch watch, int size) : IDisposable
{
    private readonly ConcurrentBag<SqliteLogReader> idle = [];
    private readonly SemaphoreSlim slots = new(size);
    private volatile bool closed;

    /// <summary>Runs <paramref name="read"/> on a thread of the pool: it may wait for the disk, and the caller's turn must not.</summary>
    public async Task<T> ReadAsync<T>(Func<SqliteLogReader, T> read, CancellationToken cancellationToken)
    {
        await slots.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await Task.Run(() => Read(read), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            slots.Release();
        }
    }

    /// <summary>Waits for the reads that are under way.</summary>
    public void Dispose()
    {
        closed = true;
        for (var i = 0; i < size; i++) slots.Wait();
        while (idle.TryTake(out var reader)) reader.Dispose();
        slots.Release(size);
    }

    private T Read<T>(Func<SqliteLogReader, T> read)
    {
        if (closed) throw new SessionLogUnavailableException("The session log is closed.");

        SqliteLogReader? reader = null;
        try
        {
            while (idle.TryTake(out reader) && reader.Generation != file.Generation) reader.Dispose();
            reader ??= SqliteLogReader.Open(file);
            reader.RequireFile();
            var result = read(reader);
            idle.Add(reader);
            return result;
        }
        catch (Exception e)
        {
            reader?.Dispose();
            if (e is SqliteException) throw watch.Failed("The session log could not be read.", e);
            throw;
        }
    }
}
