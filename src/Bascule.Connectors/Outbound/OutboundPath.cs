using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Bascule.Connectors.Outbound;

/// <summary>Builds a path of which every inserted value is one percent-encoded segment or query value: <c>OutboundPath.Of($"/repos/{owner}/{name}")</c>.</summary>
public static class OutboundPath
{
    public static string Of(ref EscapingHandler path) => path.ToStringAndClear();

    /// <summary>What the compiler makes of the interpolated string.</summary>
    [InterpolatedStringHandler]
    [SuppressMessage("Performance", "CA1815", Justification = "lives for one expression")]
    public readonly ref struct EscapingHandler(int literalLength, int formattedCount)
    {
        private readonly StringBuilder _text = new(literalLength + (formattedCount * 16));

        public void AppendLiteral(string value) => _text.Append(value);

        public void AppendFormatted(string value) => _text.Append(Uri.EscapeDataString(value));

        public void AppendFormatted<T>(T value)
            where T : IFormattable => AppendFormatted(value.ToString(null, CultureInfo.InvariantCulture));

        internal string ToStringAndClear() => _text.ToString();
    }
}
