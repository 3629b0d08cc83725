using System.Runtime.InteropServices;
using System.Text;
using ToolRuntime.Tools.Files;
using ToolRuntime.Tools.Sandboxes;

namespace ToolRuntime.Tools.Code;

/// <summary>
/// A program's source while it runs: a hidden file in its working directory, so that it finds the modules beside it. A process that dies leaves it behind, and the next
/// attempt of the same execution writes it anew.
/// </summary>
internal sealed class SourceFile : IAsyncDisposable
{
    private readonly string path;

    private SourceFile(string path, long writtenAt) => (this.path, WrittenAt) = (path, writtenAt);

    /// <summary>By the clock of the file system, nanoseconds since 1970.</summary>
    public long WrittenAt { get; }

    /// <summary>The name that a program's source has while an execution runs it.</summary>
    public static string NameFor(IToolContext context, CodeLanguage language) =>
        $".code-{new string([.. context.ExecutionId.Where(char.IsAsciiLetterOrDigit).TakeLast(32)])}{language.Extension}";

    /// <summary>Writes it; it goes when the result is disposed of.</summary>
    /// <exception cref="FileToolException">It can't be written.</exception>
    public static async Task<SourceFile> WriteAsync(WorkspaceFolder folder, ProgramSource source, CancellationToken cancellationToken)
    {
        // Through the open folder: what it is named may become something else meanwhile.
        var path = folder.PathOf(source.Name);
        try
        {
            // Whatever has that name, a link above all, is not followed.
            File.Delete(path);
            await using (var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write)) await file.WriteAsync(Encoding.UTF8.GetBytes(source.Text), cancellationToken);
            return new(path, folder.StatusOf(Encoding.UTF8.GetBytes(source.Name))?.Changed ?? 0);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new FileToolException(new("io_error", $"The program's source can't be written: {Said(exception)}."));
        }
    }

    public ValueTask DisposeAsync()
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The program has put something else there, or taken the folder away.
        }

        return ValueTask.CompletedTask;
    }

    // .NET's own message would name paths of the server.
    private static string Said(Exception exception) => exception is UnauthorizedAccessException
        ? "permission denied"
        : Marshal.GetPInvokeErrorMessage(exception.HResult is > 0 and < 4096 ? exception.HResult : 5);
}
