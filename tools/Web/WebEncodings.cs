using System.Collections.Frozen;
using System.Text;

namespace ToolRuntime.Tools.Web;

/// <summary>
/// The labels of the WHATWG Encoding Standard, which is what pages mean by their names for encodings: "gb2312" is all of GB18030,
/// "iso-8859-1" is Windows-1252.
/// </summary>
internal static class WebEncodings
{
    /// <summary>What the standard decodes to nothing, because it was used for attacks.</summary>
    private const string Refused = "csiso2022kr hz-gb-2312 iso-2022-cn iso-2022-cn-ext iso-2022-kr replacement";

    private static readonly FrozenSet<string> RefusedLabels = Refused.Split(' ').ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<string, Encoding> ByLabel = Table()
        .SelectMany(row => row.Labels.Split(' '), (row, label) => KeyValuePair.Create(label, row.Encoding))
            .ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>Every label that names an encoding.</summary>
    public static IEnumerable<string> Labels => ByLabel.Keys;

    public static Encoding Western => ByLabel["windows-1252"];

    /// <summary>The encoding of a label; null if there is none.</summary>
    /// <exception cref="WebException">The standard has nobody read that encoding.</exception>
    public static Encoding? Find(string? label)
    {
        var name = label?.Trim() ?? "";
        if (RefusedLabels.Contains(name))
        {
            throw new WebException(new("unsupported_content", $"The page's encoding is '{name}', which nobody reads any more."));
        }

        return ByLabel.GetValueOrDefault(name);
    }

    private static Encoding CodePage(int number) => CodePagesEncodingProvider.Instance.GetEncoding(number) ?? Encoding.GetEncoding(number);

    private static (Encoding Encoding, string Labels)[] Table() =>
    [
        (CodePage(65001), "unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf-8 utf8 x-unicode20utf8"),
        (CodePage(866), "866 cp866 csibm866 ibm866"),
        (CodePage(28592), "csisolatin2 iso-8859-2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 iso_8859-2:1987 l2 latin2"),
        (CodePage(28593), "csisolatin3 iso-8859-3 iso-ir-109 iso8859-3 iso88593 iso_8859-3 iso_8859-3:1988 l3 latin3"),
        (CodePage(28594), "csisolatin4 iso-8859-4 iso-ir-110 iso8859-4 iso88594 iso_8859-4 iso_8859-4:1988 l4 latin4"),
        (CodePage(28595), "csisolatincyrillic cyrillic iso-8859-5 iso-ir-144 iso8859-5 iso88595 iso_8859-5 iso_8859-5:1988"),
        (
            CodePage(28596),
            "arabic asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114 iso-8859-6 "
            + "iso-8859-6-e iso-8859-6-i iso-ir-127 iso8859-6 iso88596 iso_8859-6 iso_8859-6:1987"),
        (
            SingleByteEncoding.Greek,
            "csisolatingreek ecma-118 elot_928 greek greek8 iso-8859-7 "
            + "iso-ir-126 iso8859-7 iso88597 iso_8859-7 iso_8859-7:1987 sun_eu_greek"),
        (
            SingleByteEncoding.Hebrew,
            "csiso88598e csisolatinhebrew hebrew iso-8859-8 iso-8859-8-e "
            + "iso-ir-138 iso8859-8 iso88598 iso_8859-8 iso_8859-8:1988 visual"),
        (SingleByteEncoding.LogicalHebrew, "csiso88598i iso-8859-8-i logical"),
        (SingleByteEncoding.Latin6, "csisolatin6 iso-8859-10 iso-ir-157 iso8859-10 iso885910 l6 latin6"),
        (CodePage(28603), "iso-8859-13 iso8859-13 iso885913"),
        (SingleByteEncoding.Latin8, "iso-8859-14 iso8859-14 iso885914"),
        (CodePage(28605), "csisolatin9 iso-8859-15 iso8859-15 iso885915 iso_8859-15 l9"),
        (SingleByteEncoding.Latin10, "iso-8859-16"),
        (CodePage(20866), "cskoi8r koi koi8 koi8-r koi8_r"),
        (CodePage(21866), "koi8-ru koi8-u"),
        (CodePage(10000), "csmacintosh mac macintosh x-mac-roman"),
        (CodePage(874), "dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 windows-874"),
        (CodePage(1250), "cp1250 windows-1250 x-cp1250"),
        (CodePage(1251), "cp1251 windows-1251 x-cp1251"),
        (
            CodePage(1252),
            "ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 "
            + "iso8859-1 iso88591 iso_8859-1 iso_8859-1:1987 l1 latin1 us-ascii windows-1252 x-cp1252"),
        (CodePage(1253), "cp1253 windows-1253 x-cp1253"),
        (
            CodePage(1254),
            "cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 "
            + "iso_8859-9 iso_8859-9:1989 l5 latin5 windows-1254 x-cp1254"),
        (CodePage(1255), "cp1255 windows-1255 x-cp1255"),
        (CodePage(1256), "cp1256 windows-1256 x-cp1256"),
        (CodePage(1257), "cp1257 windows-1257 x-cp1257"),
        (CodePage(1258), "cp1258 windows-1258 x-cp1258"),
        (SingleByteEncoding.MacCyrillic, "x-mac-cyrillic x-mac-ukrainian"),
        (CodePage(54936), "chinese csgb2312 csiso58gb231280 gb18030 gb2312 gb_2312 gb_2312-80 gbk iso-ir-58 x-gbk"),
        (CodePage(950), "big5 big5-hkscs cn-big5 csbig5 x-x-big5"),
        (CodePage(51932), "cseucpkdfmtjapanese euc-jp x-euc-jp"),
        (CodePage(50220), "csiso2022jp iso-2022-jp"),
        (CodePage(932), "csshiftjis ms932 ms_kanji shift-jis shift_jis sjis windows-31j x-sjis"),
        (CodePage(949), "cseuckr csksc56011987 euc-kr iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 windows-949"),
        (CodePage(1201), "unicodefffe utf-16be"),
        (CodePage(1200), "csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16 utf-16le"),
        (SingleByteEncoding.UserDefined, "x-user-defined"),
    ];
}
