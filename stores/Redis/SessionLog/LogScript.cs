namespace ToolRuntime.Stores.Redis;

/// <summary>The scripts of the session log.</summary>
internal sealed class LogScript : RedisScript
{
    public static readonly LogScript Open = OfSession("open");
    public static readonly LogScript Append = OfSession("append", "index");
    public static readonly LogScript Header = OfSession("header");
    public static readonly LogScript Read = OfSession("read");
    public static readonly LogScript Messages = OfSession("messages");
    public static readonly LogScript Trim = OfSession("trim");
    public static readonly LogScript Replace = OfSession("replace");
    public static readonly LogScript Renew = OfSession("renew");
    public static readonly LogScript Delete = OfSession("delete");
    public static readonly LogScript Load = OfSession("load");
    public static readonly LogScript Save = OfSession("save");
    public static readonly LogScript Claim = OfSession("claim");
    public static readonly LogScript Leave = OfSession("leave");
    public static readonly LogScript Stage = OfSession("stage", "index");
    public static readonly LogScript Return = OfSession("return");
    public static readonly LogScript Release = new(Resource("release"));
    public static readonly LogScript Totals = new(Resource("totals"));
    public static readonly LogScript Unmark = new(Resource("unmark"));

    private LogScript(string text)
        : base(text)
    {
    }

    private static LogScript OfSession(string name, params string[] parts) => new(string.Join('\n', ((string[])["session", .. parts, name]).Select(Resource)));
}
