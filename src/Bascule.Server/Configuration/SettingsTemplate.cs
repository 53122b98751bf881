namespace Bascule.Server.Configuration;

/// <summary>The commented settings that <c>bascule init</c> writes.</summary>
public static class SettingsTemplate
{
    /// <summary>What an operator must replace before the file can be used.</summary>
    public const string UrlPlaceholder = "<<https://bascule.example.com>>";

    /// <inheritdoc cref="UrlPlaceholder" />
    public const string ClientPlaceholder = "<<application id>>";

    public static string Text { get; } = Read();

    /// <param name="url">How others reach this server; null leaves the placeholder.</param>
    /// <param name="client">The service principal's application id; null leaves the placeholder.</param>
    public static string Fill(string? url, string? client) =>
        Text.Replace(UrlPlaceholder, url ?? UrlPlaceholder, StringComparison.Ordinal)
            .Replace(ClientPlaceholder, client ?? ClientPlaceholder, StringComparison.Ordinal);

    private static string Read()
    {
        using var stream = typeof(SettingsTemplate).Assembly.GetManifestResourceStream("bascule.template.yaml")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
