using System.Globalization;

namespace Bascule.Core.Json;

/// <summary>Prints a double as ECMAScript does (ECMA-262 Number::toString, radix 10), which RFC 8785 section 3.2.2.3 asks for.</summary>
internal static class EcmaScriptNumber
{
    /// <exception cref="FormatException">Not a number, or infinite: JSON has neither.</exception>
    public static string Format(double value)
    {
        if (!double.IsFinite(value))
            throw new FormatException("a number that is not finite has no JSON form");
        if (value == 0)
            return "0"; // also for minus zero
        return value < 0 ? "-" + FormatPositive(-value) : FormatPositive(value);
    }

    /// <summary>.NET finds the same shortest digits that ECMAScript asks for; only where the point goes differs.</summary>
    private static string FormatPositive(double value)
    {
        var shortest = value.ToString("R", CultureInfo.InvariantCulture);
        var digits = DigitsOf(shortest);
        // Position of the point counted from the first digit: value = 0.digits * 10^point.
        var point = PointOf(shortest);
        return point switch
        {
            > 21 => Exponential(digits, point - 1),
            > 0 when digits.Length <= point => digits + new string('0', point - digits.Length),
            > 0 => $"{digits[..point]}.{digits[point..]}",
            > -6 => "0." + new string('0', -point) + digits,
            _ => Exponential(digits, point - 1),
        };
    }

    private static string Exponential(string digits, int exponent)
    {
        var fraction = digits.Length == 1 ? "" : "." + digits[1..];
        return string.Create(CultureInfo.InvariantCulture, $"{digits[0]}{fraction}e{exponent:+0;-0}");
    }

    private static string DigitsOf(string shortest) =>
        Mantissa(shortest).Replace(".", "", StringComparison.Ordinal).Trim('0');

    private static int PointOf(string shortest)
    {
        var mantissa = Mantissa(shortest);
        var exponent =
            shortest.Length == mantissa.Length
                ? 0
                : int.Parse(
                    shortest.AsSpan(mantissa.Length + 1),
                    NumberStyles.AllowLeadingSign,
                    CultureInfo.InvariantCulture
                );
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var whole = point < 0 ? mantissa.Length : point;
        var firstDigit = mantissa.AsSpan().IndexOfAnyInRange('1', '9');
        return exponent + (firstDigit < whole ? whole - firstDigit : whole + 1 - firstDigit);
    }

    private static string Mantissa(string shortest) =>
        shortest.IndexOf('E', StringComparison.Ordinal) is >= 0 and var end ? shortest[..end] : shortest;
}
