using System.Text;

namespace ToolRuntime.Tools.Web;

/// <summary>Encodings of one byte a character that .NET has none of, or an older edition. They only decode.</summary>
/// <param name="name">The name.</param>
/// <param name="upper">The characters of the last bytes, up to FF; those before are their own.</param>
internal sealed class SingleByteEncoding(string name, string upper) : Encoding
{
    public static SingleByteEncoding Latin6 { get; } = new("iso-8859-10",
        "\u00a0ĄĒĢĪĨĶ§ĻĐŠŦŽ\u00adŪŊ°ąēģīĩķ·ļđšŧž―ūŋ"
        + "ĀÁÂÃÄÅÆĮČÉĘËĖÍÎÏÐŅŌÓÔÕÖŨØŲÚÛÜÝÞß"
        + "āáâãäåæįčéęëėíîïðņōóôõöũøųúûüýþĸ");

    public static SingleByteEncoding Latin8 { get; } = new("iso-8859-14",
        "\u00a0Ḃḃ£ĊċḊ§Ẁ©ẂḋỲ\u00ad®ŸḞḟĠġṀṁ¶ṖẁṗẃṠỳẄẅṡ"
        + "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏŴÑÒÓÔÕÖṪØÙÚÛÜÝŶß"
        + "àáâãäåæçèéêëìíîïŵñòóôõöṫøùúûüýŷÿ");

    public static SingleByteEncoding Latin10 { get; } = new("iso-8859-16",
        "\u00a0ĄąŁ€„Š§š©Ș«Ź\u00adźŻ°±ČłŽ”¶·žčș»ŒœŸż"
        + "ÀÁÂĂÄĆÆÇÈÉÊËÌÍÎÏĐŃÒÓÔŐÖŚŰÙÚÛÜĘȚß"
        + "àáâăäćæçèéêëìíîïđńòóôőöśűùúûüęțÿ");

    public static SingleByteEncoding Greek { get; } = new("iso-8859-7", Changed(28597, "\u00a1‘\u00a2’\u00a4€\u00a5₯\u00aa\u037a"));

    public static SingleByteEncoding Hebrew { get; } = new("iso-8859-8", Changed(28598, "\u00af\u00af"));

    public static SingleByteEncoding LogicalHebrew { get; } = new("iso-8859-8-i", Changed(38598, "\u00af\u00af"));

    public static SingleByteEncoding MacCyrillic { get; } = new("x-mac-cyrillic", Changed(10017, "\u00ff€"));

    public static SingleByteEncoding UserDefined { get; } = new(
        "x-user-defined", string.Concat(Enumerable.Range(0xF780, 128).Select(code => (char)code)));

    public override string WebName => name;

    public override int GetCharCount(byte[] bytes, int index, int count) => count;

    public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex)
    {
        var first = 256 - upper.Length;
        for (var i = 0; i < byteCount; i++) chars[charIndex + i] = bytes[byteIndex + i] is var one && one < first ? (char)one : upper[one - first];
        return byteCount;
    }

    public override int GetMaxCharCount(int byteCount) => byteCount;

    public override int GetByteCount(char[] chars, int index, int count) => throw new NotSupportedException();

    public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex) =>
        throw new NotSupportedException();

    public override int GetMaxByteCount(int charCount) => charCount;

    /// <summary>A code page with some of its bytes' characters, in pairs, changed; what it leaves to private use is no character.</summary>
    private static string Changed(int codePage, string pairs)
    {
        var upper = CodePagesEncodingProvider.Instance.GetEncoding(codePage)!.GetChars(
            [.. Enumerable.Range(128, 128).Select(one => (byte)one)]);
        for (var i = 0; i < upper.Length; i++)
        {
            if (upper[i] is >= '\ue000' and <= '\uf8ff') upper[i] = '\ufffd';
        }

        for (var i = 0; i < pairs.Length; i += 2) upper[pairs[i] - 128] = pairs[i + 1];
        return new(upper);
    }
}
