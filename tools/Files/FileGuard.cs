using System.Runtime.InteropServices;
using ToolRuntime.Tools.Providers;

namespace ToolRuntime.Tools.Files;

/// <summary>Turns what the file system refuses into failed results; anything else is a bug and passes.</summary>
internal static class FileGuard
{
    private const int LargestErrno = 4095;

    public static async Task<ToolResult> RunAsync(Func<Task<ToolResult>> action)
    {
        try
        {
            return await action();
        }
        catch (FileToolException exception)
        {
            return ToolResult.Failure(exception.Error);
        }
        catch (ProviderException exception)
        {
            return ToolResult.Failure(exception.Error);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return ToolResult.Failure(new("not_found", "The file or its folder is gone."));
        }
        catch (UnauthorizedAccessException)
        {
            return ToolResult.Failure(new("permission_denied", "The operating system denies it."));
        }
        catch (PathTooLongException)
        {
            return ToolResult.Failure(new("name_too_long", "The path, or a name in it, is too long."));
        }
        catch (IOException exception)
        {
            return ToolResult.Failure(new("io_error", MessageOf(exception)));
        }
    }

    // .NET's own message would name an internal path.
    private static string MessageOf(IOException exception) =>
        exception.HResult is > 0 and <= LargestErrno
            ? $"{Marshal.GetPInvokeErrorMessage(exception.HResult)}."
            : "The file can't be read or written.";
}
