using System.Globalization;
using ToolRuntime.Sessions;

namespace ToolRuntime.Tools.Files;

/// <summary>What people may ask of workspaces, and what they are told where that can't be.</summary>
internal static class WorkspaceAccess
{
    /// <summary>People know no absolute path.</summary>
    public static string Inside(string path) => path.StartsWith('/') ? throw FileToolException.Outside(path) : path;

    /// <summary>A version of a file: the same on every silo.</summary>
    public static string TagOf(DateTime changed, long size) => string.Create(CultureInfo.InvariantCulture, $"{changed.Ticks:x}-{size:x}");

    public static SessionReply<T> Guard<T>(Func<T> act)
    {
        try
        {
            return new(act(), null);
        }
        catch (Exception exception) when (Refusal(exception) is { } refusal)
        {
            return new(default, refusal);
        }
    }

    public static async Task<SessionReply<T>> GuardAsync<T>(Func<Task<T>> act)
    {
        try
        {
            return new(await act(), null);
        }
        catch (Exception exception) when (Refusal(exception) is { } refusal)
        {
            return new(default, refusal);
        }
    }

    private static Rejection? Refusal(Exception exception) => exception switch
    {
        FileToolException told => new(CodeOf(told), exception.Message),
        FileNotFoundException or DirectoryNotFoundException => new(ErrorCode.NotFound, "The file or its folder is gone."),
        UnauthorizedAccessException => new(ErrorCode.Forbidden, "The operating system denies it."),
        PathTooLongException => new(ErrorCode.InvalidCommand, "The path, or a name in it, is too long."),
        IOException => new(ErrorCode.Unavailable, "The file can't be read or written just now.", Retryable: true),
        _ => null,
    };

    private static ErrorCode CodeOf(FileToolException exception) => exception.Error.Code switch
    {
        "not_found" => ErrorCode.NotFound,
        "conflict" => ErrorCode.Conflict,
        "too_large" => ErrorCode.TooLarge,
        _ => ErrorCode.InvalidCommand,
    };
}
