namespace ToolRuntime.Stores.Redis;

/// <summary>The scripts of the session log.</summary>
internal sealed class LogScript : RedisScript
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
        : base(text)
    {
    }

    private static LogScript OfSession(string name) => new($"{Load("session")}\n{Load(name)}");
}
