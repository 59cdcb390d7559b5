// Sends the answer to the relying party at once; without a script the page's button does the same.
document.forms[0].submit();
