using System.Globalization;
using Bascule.Core;

namespace Bascule.Server.GitProxy.Pushing;

/// <summary>What whoever pushes asks of Bascule by <c>git push -o</c> (gitprotocol-pack, "push-options"). Options of others are neither taken nor passed on.</summary>
/// <param name="Waits">Whether to follow the runs to their end.</param>
/// <param name="AtMost">How long; null for as long as may be.</param>
/// <param name="HasOthers">There are options that are not Bascule's.</param>
internal sealed record PushWish(bool Waits, TimeSpan? AtMost, bool HasOthers)
{
    private const string Ours = "bascule.";
    private const string Wait = "bascule.wait";
    private const string Remedy = "write -o bascule.wait, or -o bascule.wait=30m with a number of s, m or h";
    private const int LargestNumber = 86_400;

    /// <summary>Invalid for an option of Bascule's that there is not: who mistypes it would take silence for a yes.</summary>
    public static Result<PushWish> Parse(IReadOnlyList<string> options)
    {
        var wish = new PushWish(Waits: false, AtMost: null, HasOthers: false);
        foreach (var option in options)
        {
            if (!option.StartsWith(Ours, StringComparison.Ordinal))
                wish = wish with { HasOthers = true };
            else if (option == Wait)
                wish = wish with { Waits = true };
            else if (
                option.StartsWith(Wait + "=", StringComparison.Ordinal) && Time(option[(Wait.Length + 1)..]) is { } time
            )
                wish = wish with { Waits = true, AtMost = time };
            else
                return Problem.Invalid($"the push option '{option}' is none of Bascule's; {Remedy}");
        }
        return wish;
    }

    private static TimeSpan? Time(string text)
    {
        if (
            text.Length < 2
            || !int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || number is < 1 or > LargestNumber
        )
            return null;
        return text[^1] switch
        {
            's' => TimeSpan.FromSeconds(number),
            'm' => TimeSpan.FromMinutes(number),
            'h' => TimeSpan.FromHours(number),
            _ => null,
        };
    }
}
