using System.Security.Cryptography;
using System.Text;

namespace ToolRuntime.Stores.Redis;

/// <summary>A script, a file each under <c>Scripts</c>; called by its hash, loaded again where a server does not know it.</summary>
internal sealed class LogScript
{
    public static readonly LogScript Open = OfSession("open");
    public static readonly LogScript Append = OfSession("append");
    public static readonly LogScript Header = OfSession("header");
    public static readonly LogScript Read = OfSession("read");
    public static readonly LogScript Messages = OfSession("messages");
    public static readonly LogScript Trim = OfSession("trim");
    public static readonly LogScript Replace = OfSession("replace");
    public static readonly LogScript Renew = OfSession("renew");
    public static readonly LogScript Delete = OfSession("delete");
    public static readonly LogScript Totals = new(Load("totals"));
    public static readonly LogScript Unmark = new(Load("unmark"));

    private LogScript(string text)
    {
        Text = text;
#pragma warning disable CA5350 // Redis names scripts by their SHA-1.
        Hash = SHA1.HashData(Encoding.UTF8.GetBytes(text));
#pragma warning restore CA5350
    }

    public string Text { get; }

    public byte[] Hash { get; }

    private static LogScript OfSession(string name) => new($"{Load("session")}\n{Load(name)}");

    private static string Load(string name)
    {
        using var reader = new StreamReader(typeof(LogScript).Assembly.GetManifestResourceStream($"{name}.lua")!);
        return reader.ReadToEnd();
    }
}
