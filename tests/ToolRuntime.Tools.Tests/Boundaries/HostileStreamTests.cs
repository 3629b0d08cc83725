using System.Globalization;
using System.Text;
using ToolRuntime.Tools.Boundaries;

namespace ToolRuntime.Tools.Tests.Boundaries;

/// <summary>Streams that no honest program prints.</summary>
public sealed class HostileStreamTests
{
    private const string Nonce = "0123456789abcdef0123456789abcdef";

    private static readonly string[] Fragments =
    [
        "\u001b]633;A\a", "\u001b]633;B\a", "\u001b]633;C\u001b\\", "\u001b]633;D;1\a", "\u001b]633;D;99999999999999999999\a", $"\u001b]633;E;ls \\x0a\\x3b\\;{Nonce}\a", "\u001b]633;E;x;guess\a",
        "\u001b]633;P;Cwd=/a\\x\a", "\u001b]133;A\a", "\u001b]133;C\a", "\u001b]133;D\a", "\u001b]633;\a", "\u001b]633", "\u001b[?2004h", "\u001b[?2004l", "\u001b[?1049h", "\u001b[?1049l",
        "\u001b[99999999999A", "\u001b[4294967296;4294967296H", "\u001b[-1;;;;;;;;;;;;;;;;;;;;;;1m", "\u001b[2J", "\u001b[K", "\u001b[1;1r", "\u001bc", "\u001bP", "\u001b\\", "\u001b", "\u009b", "\u0018",
        ">>> ", "... ", "$ ", "postgres=# ", "(gdb) ", "> ", "\r\n", "\n", "\r", "\b", "\t", "\v", "\f", "\0", "漢", "\u0301", "\ud83d\ude00", "word", "a line of some more letters than that",
    ];

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 40)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Read_AnyStream_SaysTheSameOrderedTurnsInWhateverPieces(int seed)
    {
        var dice = new Random(seed);
        var bytes = Stream(dice);

        var whole = Detect(bytes, _ => bytes.Length);
        var cut = Detect(bytes, left => dice.Next(1, Math.Min(left, 50) + 1));

        Assert.Equal(whole, cut);
        foreach (var turn in whole)
        {
            Assert.True(turn.Offset <= (turn.AnswerOffset ?? turn.Offset) && (turn.AnswerOffset ?? 0) <= (turn.EndOffset ?? bytes.Length) && (turn.EndOffset ?? 0) <= bytes.Length, $"{turn}");
            Assert.InRange(turn.Question?.Length ?? 0, 0, TerminalTurn.MaxQuestion);
        }
    }

    [Fact]
    public void Read_MoreTurnsThanCanBeTold_TellsAHundredAndTenASecond()
    {
        var detector = New();
        Ask(detector, 1_000, TimeSpan.Zero);
        Assert.Equal(TurnLog.Burst, detector.Take().Max(turn => turn.Number));

        Ask(detector, 1_000, TimeSpan.FromSeconds(3));

        Assert.Equal(TurnLog.Burst + (3 * TurnLog.PerSecond), detector.Take().Max(turn => turn.Number));
    }

    [Fact]
    public void Read_MoreTurnsThanAreKept_TellsTenThousand()
    {
        var detector = New();
        for (var hour = 0; hour <= TurnLog.MaxTurns / TurnLog.Burst; hour++) Ask(detector, TurnLog.Burst, TimeSpan.FromHours(hour));

        Assert.Equal(TurnLog.MaxTurns, detector.Take().Max(turn => turn.Number));
    }

    [Theory]
    [InlineData(7_000, true)]
    [InlineData(TerminalReader.MaxCommand, false)]
    public void Read_LongCommandOfTheTerminal_IsHeardUpToItsLimit(int length, bool heard)
    {
        var detector = New();
        detector.Read(Encoding.UTF8.GetBytes($"\u001b]633;A\a$ \u001b]633;B\a\u001b]633;E;{new string('x', length)};{Nonce}\a\r\n\u001b]633;C\aout\r\n\u001b]633;D;0\a"), TimeSpan.Zero);
        detector.End(TimeSpan.FromSeconds(1));

        Assert.Equal(heard, detector.Take().Any(turn => turn.Question == new string('x', TerminalTurn.MaxQuestion)));
    }

    [Theory]
    [InlineData(40, 10)]
    [InlineData(200, 60)]
    public void Read_AfterAResize_KnowsWhereLongLinesAreBroken(int columns, int rows)
    {
        var detector = new TurnDetector(new(), new(80, 24), "python3", null, null);
        detector.Read(Encoding.UTF8.GetBytes(">>> "), TimeSpan.Zero);
        detector.Tick(TimeSpan.FromSeconds(1));
        detector.Resize(new(columns, rows));
        var typed = new string('7', columns + 30);

        // As a line editor draws it: the cursor goes up to the line's first row, and writes it anew.
        detector.Read(Encoding.UTF8.GetBytes($"{typed[..^1]}\u001b[1A\r>>> {typed}\r\n{typed}\r\n>>> "), TimeSpan.FromSeconds(2));
        detector.End(TimeSpan.FromSeconds(4));

        Assert.Equal(typed, detector.Take()[^1].Question);
    }

    private static TurnDetector New() => new(new(), new(80, 24), "bash", null, Nonce);

    private static void Ask(TurnDetector detector, int times, TimeSpan at)
    {
        for (var i = 0; i < times; i++)
        {
            var command = string.Create(CultureInfo.InvariantCulture, $"\u001b]633;A\a$ \u001b]633;B\a\u001b]633;E;echo {i};{Nonce}\a\r\n\u001b]633;C\a{i}\r\n\u001b]633;D;0\a");
            detector.Read(Encoding.UTF8.GetBytes(command), at);
        }
    }

    private static byte[] Stream(Random dice)
    {
        using var bytes = new MemoryStream();
        while (bytes.Length < 20_000)
        {
            if (dice.Next(10) == 0) bytes.WriteByte((byte)dice.Next(256));
            else bytes.Write(Encoding.UTF8.GetBytes(Fragments[dice.Next(Fragments.Length)]));
        }

        return bytes.ToArray();
    }

    private static List<TerminalTurn> Detect(byte[] bytes, Func<int, int> cut)
    {
        var (detector, turns) = (New(), new List<TerminalTurn>());
        for (var from = 0; from < bytes.Length;)
        {
            // Pieces of one burst: 1,000 bytes come at the same time.
            var count = Math.Min(cut(bytes.Length - from), 1_000 - (from % 1_000));
            count = Math.Min(count, bytes.Length - from);
            if (from % 3_000 == 0) detector.Resize(new(1 + (from / 3_000 * 37 % 200), 1 + (from / 3_000 * 53 % 150)));
            detector.Read(bytes.AsSpan(from, count), TimeSpan.FromMilliseconds(from / 1_000 * 30));
            from += count;
        }

        detector.End(TimeSpan.FromSeconds(10));
        turns.AddRange(detector.Take());
        return turns;
    }
}
