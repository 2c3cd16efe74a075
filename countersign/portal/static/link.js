"use strict";
// The mailed link carries its token behind the #, where no server log sees it.
document.querySelector("#link [name=token]").value = location.hash.slice(1);
history.replaceState(null, "", location.pathname);
