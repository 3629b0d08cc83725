-- -> header
return describe()
