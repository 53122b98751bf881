namespace Bascule.Storage.Writing;

/// <summary>
/// A statement prepared once and used for every delivery and every row of work. Its parameters are <c>$1</c>, <c>$2</c>, …: numbered in the order in
/// which they first appear (SQLite numbers them so), and bound in that order.
/// </summary>
internal interface IStatement
{
    IStatement Bind(string text);

    IStatement Bind(long number);

    IStatement Bind(ReadOnlySpan<byte> bytes);

    /// <summary>Runs it to its end and answers how many rows it changed.</summary>
    int Run();

    /// <summary>Runs it before the transaction ends. Nobody waits for it: many of them cost one round trip.</summary>
    void Send();

    /// <summary>
    /// As <see cref="Send"/>, and whether it changes exactly one row. Where that is not known yet, yes is answered, and if it turns out otherwise, all
    /// that was written is undone and written again with waiting.
    /// </summary>
    bool ChangesOne();

    /// <summary>Runs it and answers the first column of its only row; null when there is none.</summary>
    long? ReadNumber();
}
