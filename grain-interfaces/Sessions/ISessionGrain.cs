using ToolRuntime.Blobs;
using ToolRuntime.Commands;
using ToolRuntime.Statistics;
using ToolRuntime.WorkspaceStore;

namespace ToolRuntime.Sessions;

/// <summary>
/// A session; key <c>tenant/session</c> (<see cref="SessionKey"/>). The only writer of its log. Every method may be repeated.
/// Call with a response time-out of 5 s and repeat, under the same command id, for up to 30 s.
/// </summary>
[Alias("toolruntime.ISessionGrain")]
public interface ISessionGrain : IGrainWithStringKey
{
    /// <summary>The session as it is, all of it committed; creates one that does not exist, owned by the caller.</summary>
    /// <param name="caller">Must be the owner, a member, or have all sessions; else a <c>forbidden</c> reply.</param>
    [Alias("Open"), ResponseTimeout("00:00:05")]
    Task<SessionReply<SessionSnapshot>> OpenAsync(Caller caller);

    /// <summary>
    /// Applies a command once. The answer is remembered with the id for the last 1,000 commands; the same id with other content is a <c>conflict</c>.
    /// Returns after the commit.
    /// </summary>
    /// <param name="commandId">The client's id.</param>
    /// <param name="command">What to do. <see cref="SendMessage"/>, <see cref="RunTools"/> and <see cref="ConfigureSession"/> create a session that does not exist.</param>
    /// <param name="caller">Who asks.</param>
    [Alias("Execute"), ResponseTimeout("00:00:05")]
    Task<SessionReply<JsonText>> ExecuteAsync(string commandId, SessionCommand command, Caller caller);

    /// <summary>The session as it is, but with nothing in its view except one batch and its executions; creates nothing.</summary>
    [Alias("GetBatch"), ResponseTimeout("00:00:05")]
    Task<SessionReply<SessionSnapshot>> GetBatchAsync(string batchId, Caller caller);

    /// <summary>The same with nothing in its view except one execution, without its batch: where following it begins.</summary>
    [Alias("GetExecutionView"), ResponseTimeout("00:00:05")]
    Task<SessionReply<SessionSnapshot>> GetExecutionViewAsync(string executionId, Caller caller);

    /// <summary>How the session stands, for lists; null where there is none. Creates nothing, and asks nobody who wants to know: that is the caller's to decide by the header.</summary>
    [Alias("Describe"), ResponseTimeout("00:00:05")]
    Task<SessionNews?> DescribeAsync();

    /// <summary>One execution as in the view, with its whole kept output.</summary>
    [Alias("GetExecution"), ResponseTimeout("00:00:05")]
    Task<SessionReply<JsonText>> GetExecutionAsync(string executionId, Caller caller);

    /// <summary>The named processes, as in the view, in order of definition: <c>{processes: [..]}</c>. Creates nothing.</summary>
    [Alias("GetProcesses"), ResponseTimeout("00:00:05")]
    Task<SessionReply<JsonText>> GetProcessesAsync(Caller caller);

    /// <summary>How calls of tools went in the session, by what it holds of its newest messages and batches.</summary>
    [Alias("GetStatistics"), ResponseTimeout("00:00:05")]
    Task<SessionReply<StatisticsReport>> GetStatisticsAsync(StatisticsWindow window, string? tool, Caller caller);

    /// <summary>What is in a folder of the workspace (<c>.</c>: the workspace itself), names in ordinal order, each folder before what is in it.</summary>
    [Alias("ListFiles"), ResponseTimeout("00:00:30")]
    Task<SessionReply<FolderListing>> ListFilesAsync(string path, bool recursive, int limit, Caller caller);

    /// <summary>
    /// A part of a file of the workspace, at most <see cref="FileChunk.MaxBytes"/>. With the tag of an earlier part: of that version only, else it is a <c>conflict</c>.
    /// It may have to be restored first, which takes as long as it takes; repeat.
    /// </summary>
    [Alias("ReadFile"), ResponseTimeout("00:00:30")]
    Task<SessionReply<FileChunk>> ReadFileAsync(string path, long offset, int count, string? tag, Caller caller);

    /// <summary>
    /// Takes a part of a file, at most <see cref="FileChunk.MaxBytes"/>, in order; with the last one the file is in its place, in one step, and saved. Too large a one is refused
    /// (<c>too_large</c>). What has come is kept by the silo that has the session, for a minute: where it is gone, all of it has to come again (<c>conflict</c>).
    /// </summary>
    [Alias("WriteFile"), ResponseTimeout("00:00:30")]
    Task<SessionReply<WrittenFile>> WriteFileAsync(FilePart part, Caller caller);

    /// <summary>Makes a folder of the workspace, and those that lead to it.</summary>
    [Alias("MakeFolder"), ResponseTimeout("00:00:30")]
    Task<SessionReply<WrittenFile>> MakeFolderAsync(string path, Caller caller);

    /// <summary>Removes a file, link or folder of the workspace. Repeated, it is <c>not_found</c>.</summary>
    [Alias("DeleteFile"), ResponseTimeout("00:00:30")]
    Task<SessionReply<WrittenFile>> DeleteFileAsync(string path, bool recursive, FileCondition condition, Caller caller);

    /// <summary>A part of a blob that a tool of the session has published, at most <see cref="BlobChunk.MaxBytes"/>.</summary>
    [Alias("ReadBlob"), ResponseTimeout("00:00:30")]
    Task<SessionReply<BlobChunk>> ReadBlobAsync(BlobId blob, long offset, int count, Caller caller);
}
