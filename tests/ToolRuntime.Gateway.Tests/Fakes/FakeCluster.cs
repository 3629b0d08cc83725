using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Reflection;
using System.Text;
using ToolRuntime.Commands;
using ToolRuntime.Models;
using ToolRuntime.Notices;
using ToolRuntime.Sessions;
using ToolRuntime.Tools;
using ToolRuntime.WorkspaceStore;

namespace ToolRuntime.Gateway.Tests.Fakes;

/// <summary>A cluster client whose streams are real and whose sessions are fakes over a <see cref="MemorySessionLog"/>.</summary>
public class FakeCluster : DispatchProxy
{
    private IClusterClient real = null!;
    private FakeSessions sessions = null!;

    internal static IClusterClient Create(IClusterClient real, FakeSessions sessions)
    {
        var client = Create<IClusterClient, FakeCluster>();
        ((FakeCluster)(object)client).real = real;
        ((FakeCluster)(object)client).sessions = sessions;
        return client;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (targetMethod!.Name != "GetGrain") return targetMethod.Invoke(real, args);
        var type = targetMethod.GetGenericArguments()[0];
        if (type == typeof(ISessionGrain)) return sessions.Get(SessionKey.Parse((string)args![0]!));
        if (type == typeof(IToolCatalogGrain)) return sessions;
        if (type == typeof(INoticeBoardGrain) || type == typeof(INoticeReaderGrain)) return FakeNotices.None;
        throw new NotSupportedException(type.Name);
    }
}

/// <summary>Sessions that answer as a grain would, from a log in memory.</summary>
internal sealed class FakeSessions(MemorySessionLog sessionLog, Func<SessionKey, SessionFrame, Task> publisher) : IToolCatalogGrain
{
    private readonly MemorySessionLog log = sessionLog;
    private readonly Func<SessionKey, SessionFrame, Task> publish = publisher;
    private readonly ConcurrentDictionary<(SessionKey, string, string), (string Content, JsonText Answer)> answered = new();

    /// <summary>Replaces what commands do.</summary>
    public Func<string, SessionCommand, Task<SessionReply<JsonText>>>? Execute { get; set; }

    /// <summary>Size of the view in snapshots.</summary>
    public string View { get; set; } = """{"parameters":{}}""";

    /// <summary>Ids of commands in the order in which they arrived.</summary>
    public ConcurrentQueue<string> Arrived { get; } = new();

    /// <summary>Whose grain was called, and for whom.</summary>
    public ConcurrentQueue<(SessionKey Key, Caller Caller)> Asked { get; } = new();

    /// <summary>How often a session was opened, which wakes its grain.</summary>
    public int Opened { get; private set; }

    public ISessionGrain Get(SessionKey key) => new FakeSession(this, key);

    public Task<string> GetDefaultModelAsync() => Task.FromResult("directive");

    public Task<ImmutableArray<OfferedModel>> ListModelsAsync() =>
        Task.FromResult<ImmutableArray<OfferedModel>>([new("directive", "directive", null), new("fast", "openai", "gpt-test")]);

    public Task<ImmutableArray<ToolDescriptor>> ListAsync() => Task.FromResult<ImmutableArray<ToolDescriptor>>(
        [new() { Name = "shell", Description = "Runs a command.", Parameters = new("""{"type":"object"}"""), StartsProcess = true }]);

    private sealed class FakeSession(FakeSessions all, SessionKey key) : ISessionGrain
    {
        public Task<SessionReply<SessionSnapshot>> OpenAsync(Caller caller)
        {
            all.Opened++;
            all.Asked.Enqueue((key, caller));
            var header = all.log.Create(key, caller.Subject);
            if (!caller.AllSessions && header.Owner != caller.Subject && !header.Members.Contains(caller.Subject)) return Task.FromResult(new SessionReply<SessionSnapshot>(null, new(ErrorCode.Forbidden, "no")));
            return Task.FromResult(new SessionReply<SessionSnapshot>(new(header.Epoch, header.Head, Encoding.UTF8.GetBytes(all.View), header.Check), null));
        }

        public async Task<SessionReply<JsonText>> ExecuteAsync(string commandId, SessionCommand command, Caller caller)
        {
            all.Arrived.Enqueue(commandId);
            all.Asked.Enqueue((key, caller));
            if (all.Execute is { } execute) return await execute(commandId, command);
            var content = command.ToString()!;
            if (all.answered.TryGetValue((key, caller.Subject, commandId), out var earlier))
            {
                return earlier.Content == content ? new(earlier.Answer, null) : new(default, new(ErrorCode.Conflict, "another content"));
            }

            all.log.Create(key, caller.Subject);
            var frame = all.log.Append(key, ("message.created", $"m_{commandId}", $"\"messageId\":\"m_{commandId}\""));
            var answer = new JsonText($$"""{"messageId":"m_{{commandId}}","replyId":"r_{{commandId}}","seq":{{frame.Seq}}}""");
            all.answered[(key, caller.Subject, commandId)] = (content, answer);
            await all.publish(key, frame);
            return new(answer, null);
        }

        public Task<SessionReply<SessionSnapshot>> GetBatchAsync(string batchId, Caller caller)
        {
            all.Asked.Enqueue((key, caller));
            using var view = System.Text.Json.JsonDocument.Parse(all.View);
            return Task.FromResult(view.RootElement.TryGetProperty("batches", out var batches) && batches.TryGetProperty(batchId, out _)
                ? new SessionReply<SessionSnapshot>(new("epoch1", 1, Encoding.UTF8.GetBytes(all.View)), null)
                : new(null, new(ErrorCode.NotFound, "no such batch")));
        }

        public Task<SessionReply<SessionSnapshot>> GetExecutionViewAsync(string executionId, Caller caller)
        {
            all.Asked.Enqueue((key, caller));
            var header = all.log.Create(key, caller.Subject);
            return Task.FromResult(executionId.StartsWith('x')
                ? new SessionReply<SessionSnapshot>(new(header.Epoch, header.Head, Encoding.UTF8.GetBytes($$"""{"executions":{"{{executionId}}":{"name":"shell"} } }"""), header.Check), null)
                : new(null, new(ErrorCode.NotFound, "no such execution")));
        }

        public Task<SessionReply<FolderListing>> ListFilesAsync(string path, bool recursive, int limit, Caller caller)
        {
            all.Asked.Enqueue((key, caller));
            return Task.FromResult(new SessionReply<FolderListing>(FolderListing.Nothing, null));
        }

        public Task<SessionNews?> DescribeAsync() => Task.FromResult<SessionNews?>(null);

        public Task<SessionReply<ToolRuntime.Statistics.StatisticsReport>> GetStatisticsAsync(ToolRuntime.Statistics.StatisticsWindow window, string? tool, Caller caller) =>
            throw new NotSupportedException();

        public Task<SessionReply<ToolRuntime.Blobs.BlobChunk>> ReadBlobAsync(ToolRuntime.Blobs.BlobId blob, long offset, int count, Caller caller) => throw new NotSupportedException();

        public Task<SessionReply<FileChunk>> ReadFileAsync(string path, long offset, int count, string? tag, Caller caller)
        {
            all.Asked.Enqueue((key, caller));
            return Task.FromResult(new SessionReply<FileChunk>(null, new(ErrorCode.NotFound, "no such file")));
        }

        public Task<SessionReply<WrittenFile>> WriteFileAsync(FilePart part, Caller caller) => NoFile(caller);

        public Task<SessionReply<WrittenFile>> MakeFolderAsync(string path, Caller caller) => NoFile(caller);

        public Task<SessionReply<WrittenFile>> DeleteFileAsync(string path, bool recursive, FileCondition condition, Caller caller) => NoFile(caller);

        private Task<SessionReply<WrittenFile>> NoFile(Caller caller)
        {
            all.Asked.Enqueue((key, caller));
            return Task.FromResult(new SessionReply<WrittenFile>(null, new(ErrorCode.NotFound, "no such file")));
        }

        public Task<SessionReply<JsonText>> GetProcessesAsync(Caller caller)
        {
            all.Asked.Enqueue((key, caller));
            return Task.FromResult(new SessionReply<JsonText>(new("""{"processes":[]}"""), null));
        }

        public Task<SessionReply<JsonText>> GetExecutionAsync(string executionId, Caller caller)
        {
            all.Asked.Enqueue((key, caller));
            return Task.FromResult(executionId == "x1" ? new SessionReply<JsonText>(new("""{"executionId":"x1","name":"shell"}"""), null) : new(default, new(ErrorCode.NotFound, "no such execution")));
        }
    }
}
